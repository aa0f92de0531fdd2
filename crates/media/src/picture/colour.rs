//! Colours of a picture: its ICC profile to sRGB, CMYK to RGB, and the few colours it is mostly of.

use image::{DynamicImage, RgbImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileText, TransformOptions};

/// Most colours named of a picture.
const COLOURS_MAX: usize = 6;
/// Colours nearer than this are one (distance in the space of [`OkLab`], where black to white is 1).
const SAME_COLOUR: f32 = 0.09;
/// A colour under this share of the area is not named.
const SHARE_MIN: f32 = 0.01;
/// Rounds of moving cluster centres.
const ROUNDS: usize = 6;
/// Longest profile read, in bytes (large press profiles have some 3 MB).
const PROFILE_BYTES_MAX: usize = 16 << 20;
/// Longest profile name kept, in characters.
const NAME_CHARS_MAX: usize = 100;

/// An embedded profile that was understood.
pub(super) struct Profile {
    pub(super) name: Option<String>,
    /// Whether the picture was already brought to sRGB by it.
    pub(super) spent: bool,
    inner: ColorProfile,
}

impl Profile {
    /// Reads an ICC profile (ICC.1); `None` when it is damaged.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > PROFILE_BYTES_MAX {
            return None;
        }
        let inner = ColorProfile::new_from_slice(bytes).ok()?;
        let name = inner.description.as_ref().and_then(words).map(|name| clean(&name));
        Some(Self { name: name.filter(|name| !name.is_empty()), spent: false, inner })
    }

    /// Brings the picture to sRGB. Left as it is when the profile is sRGB, or not for such a picture.
    pub(super) fn apply(&self, picture: &mut DynamicImage) {
        // "c2" is the tiny sRGB profile of Facebook and others.
        let is_srgb = |name: &str| name.starts_with("sRGB") || name == "c2";
        if self.spent || self.name.as_deref().is_some_and(is_srgb) {
            return;
        }
        match (self.inner.color_space, &mut *picture) {
            (DataColorSpace::Rgb, DynamicImage::ImageRgb8(pixels)) => {
                self.transform(Layout::Rgb, pixels.as_mut());
            }
            (DataColorSpace::Rgb, DynamicImage::ImageRgba8(pixels)) => {
                self.transform(Layout::Rgba, pixels.as_mut());
            }
            (DataColorSpace::Gray, DynamicImage::ImageRgb8(pixels)) => self.apply_grey(pixels),
            _ => {}
        }
    }

    fn transform(&self, layout: Layout, samples: &mut [u8]) {
        let wanted = ColorProfile::new_srgb();
        let Ok(transform) =
            self.inner.create_transform_8bit(layout, &wanted, layout, TransformOptions::default())
        else {
            return;
        };
        let source = samples.to_vec();
        if transform.transform(&source, samples).is_err() {
            samples.copy_from_slice(&source);
        }
    }

    fn apply_grey(&self, pixels: &mut RgbImage) {
        let wanted = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let Ok(transform) = self.inner.create_transform_8bit(Layout::Gray, &wanted, Layout::Rgb, options)
        else {
            return;
        };
        let levels: Vec<u8> = (0..=255).collect();
        let mut table = vec![0; 256 * 3];
        if transform.transform(&levels, &mut table).is_ok() {
            for pixel in pixels.chunks_exact_mut(3) {
                let at = usize::from(pixel[0]) * 3;
                pixel.copy_from_slice(&table[at..at + 3]);
            }
        }
    }

    /// CMYK (0 is no ink) to sRGB by the profile; `None` when the profile is not one of CMYK.
    pub(super) fn cmyk_to_rgb(&self, cmyk: &[u8]) -> Option<Vec<u8>> {
        if self.inner.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let wanted = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let transform = self.inner.create_transform_8bit(Layout::Rgba, &wanted, Layout::Rgb, options).ok()?;
        let mut rgb = vec![0; cmyk.len() / 4 * 3];
        transform.transform(cmyk, &mut rgb).ok()?;
        Some(rgb)
    }
}

/// CMYK (0 is no ink) to RGB where nothing says which inks: each ink takes its share of the light.
pub(super) fn cmyk_to_rgb_by_rule(cmyk: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(cmyk.len() / 4 * 3);
    for inks in cmyk.chunks_exact(4) {
        let light = 255 - u16::from(inks[3]);
        for &ink in &inks[..3] {
            let share = (255 - u16::from(ink)) * light / 255;
            rgb.push(u8::try_from(share).unwrap_or(u8::MAX));
        }
    }
    rgb
}

fn words(text: &ProfileText) -> Option<String> {
    match text {
        ProfileText::PlainString(words) => Some(words.clone()),
        ProfileText::Localizable(many) => many
            .iter()
            .find(|one| one.language.eq_ignore_ascii_case("en"))
            .or_else(|| many.first())
            .map(|one| one.value.clone()),
        ProfileText::Description(description) => Some(description.ascii_string.clone()),
    }
}

fn clean(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    plain.trim().to_owned()
}

/// A colour where distance is difference as seen (Björn Ottosson's Oklab).
#[derive(Clone, Copy, Default)]
struct OkLab([f32; 3]);

impl OkLab {
    fn new(rgb: [u8; 3]) -> Self {
        let [r, g, b] = rgb.map(|sample| {
            let sample = f32::from(sample) / 255.0;
            if sample <= 0.040_45 { sample / 12.92 } else { ((sample + 0.055) / 1.055).powf(2.4) }
        });
        let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        Self([
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ])
    }

    fn distance(self, other: Self) -> f32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }
}

struct Cluster {
    centre: OkLab,
    rgb: [u8; 3],
    share: f32,
}

/// The colours the picture is mostly of, `#rrggbb`, most of the area first. For small pictures: looks at
/// every pixel several times.
pub(super) fn dominant(picture: &RgbImage) -> Vec<String> {
    let points: Vec<([u8; 3], OkLab)> =
        picture.pixels().map(|pixel| (pixel.0, OkLab::new(pixel.0))).collect();
    let Some(first) = points.first() else { return Vec::new() };
    let mut clusters = seeds(&points, first.1);
    for _ in 0..ROUNDS {
        clusters = moved(&points, &clusters);
    }
    clusters.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut named: Vec<Cluster> = Vec::new();
    for cluster in clusters.into_iter().filter(|cluster| cluster.share >= SHARE_MIN) {
        match named.iter_mut().find(|other| other.centre.distance(cluster.centre) < SAME_COLOUR) {
            Some(same) => same.share += cluster.share,
            None => named.push(cluster),
        }
    }
    named.sort_by(|a, b| b.share.total_cmp(&a.share));
    named.truncate(COLOURS_MAX);
    named.iter().map(|Cluster { rgb: [r, g, b], .. }| format!("#{r:02x}{g:02x}{b:02x}")).collect()
}

/// Centres to begin with: each next one is the colour farthest from those before, so small bright things
/// are not lost in a large dull one.
fn seeds(points: &[([u8; 3], OkLab)], first: OkLab) -> Vec<Cluster> {
    let mut nearest: Vec<f32> = points.iter().map(|(_, point)| point.distance(first)).collect();
    let mut clusters = vec![Cluster { centre: first, rgb: [0; 3], share: 0.0 }];
    while clusters.len() < COLOURS_MAX + 2 {
        let Some((at, &distance)) = nearest.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else {
            break;
        };
        if distance < SAME_COLOUR {
            break;
        }
        let centre = points[at].1;
        clusters.push(Cluster { centre, rgb: [0; 3], share: 0.0 });
        for (near, (_, point)) in nearest.iter_mut().zip(points) {
            *near = near.min(point.distance(centre));
        }
    }
    clusters
}

fn moved(points: &[([u8; 3], OkLab)], clusters: &[Cluster]) -> Vec<Cluster> {
    let mut sums = vec![([0.0_f32; 3], [0_u64; 3], 0_u32); clusters.len()];
    for (rgb, point) in points {
        let nearest = clusters
            .iter()
            .enumerate()
            .min_by(|a, b| a.1.centre.distance(*point).total_cmp(&b.1.centre.distance(*point)))
            .map_or(0, |(index, _)| index);
        let (lab, total, count) = &mut sums[nearest];
        for channel in 0..3 {
            lab[channel] += point.0[channel];
            total[channel] += u64::from(rgb[channel]);
        }
        *count += 1;
    }
    sums.into_iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(lab, total, count)| Cluster {
            centre: OkLab(lab.map(|sum| sum / count as f32)),
            rgb: total.map(|sum| u8::try_from(sum / u64::from(count)).unwrap_or(u8::MAX)),
            share: count as f32 / points.len() as f32,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::{cmyk_to_rgb_by_rule, dominant};

    #[test]
    fn the_colour_of_most_of_the_area_comes_first() {
        let flag = RgbImage::from_fn(60, 30, |x, _| match x {
            0..36 => Rgb([200, 20, 30]),
            36..54 => Rgb([250, 250, 250]),
            _ => Rgb([10, 20, 160]),
        });
        assert_eq!(dominant(&flag), ["#c8141e", "#fafafa", "#0a14a0"]);
    }

    #[test]
    fn a_picture_of_one_colour_has_one() {
        assert_eq!(dominant(&RgbImage::from_pixel(10, 10, Rgb([1, 2, 3]))), ["#010203"]);
        assert!(dominant(&RgbImage::new(0, 0)).is_empty());
    }

    #[test]
    fn a_picture_of_all_colours_names_no_more_than_six() {
        let rainbow = RgbImage::from_fn(64, 64, |x, y| {
            Rgb([u8::try_from(x * 4).expect("x < 64"), u8::try_from(y * 4).expect("y < 64"), 128])
        });
        let named = dominant(&rainbow);
        assert!((3..=6).contains(&named.len()), "{named:?}");
    }

    #[test]
    fn no_ink_is_white_and_all_black_ink_is_black() {
        assert_eq!(cmyk_to_rgb_by_rule(&[0, 0, 0, 0, 0, 0, 0, 255]), [255, 255, 255, 0, 0, 0]);
        assert_eq!(cmyk_to_rgb_by_rule(&[0, 255, 255, 0]), [255, 0, 0]);
    }
}
