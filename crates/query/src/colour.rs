//! Names of colours, so that pictures are found by `colour:teal`: the nearest of sixteen in Oklab
//! (Björn Ottosson, 2020), where equal distances look equal.

/// The colours by name with a typical sRGB value.
pub const NAMED: [(&str, [u8; 3]); 16] = [
    ("black", [12, 12, 12]),
    ("grey", [128, 128, 128]),
    ("white", [246, 246, 246]),
    ("red", [205, 30, 35]),
    ("orange", [240, 130, 30]),
    ("yellow", [245, 215, 40]),
    ("beige", [220, 205, 170]),
    ("brown", [110, 70, 40]),
    ("olive", [115, 115, 40]),
    ("green", [50, 145, 60]),
    ("teal", [20, 135, 135]),
    ("cyan", [110, 205, 225]),
    ("blue", [40, 90, 200]),
    ("navy", [25, 35, 90]),
    ("purple", [120, 60, 160]),
    ("pink", [235, 140, 175]),
];

/// The name of the colour that looks nearest to an sRGB value.
pub fn nearest(rgb: [u8; 3]) -> &'static str {
    let wanted = oklab(rgb);
    let distance = |other: [f64; 3]| -> f64 { (0..3).map(|i| (wanted[i] - other[i]).powi(2)).sum() };
    NAMED
        .iter()
        .min_by(|(_, a), (_, b)| distance(oklab(*a)).total_cmp(&distance(oklab(*b))))
        .map_or("grey", |(name, _)| name)
}

fn oklab(rgb: [u8; 3]) -> [f64; 3] {
    // IEC 61966-2-1: the sRGB transfer function.
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

#[cfg(test)]
mod tests {
    use super::{NAMED, nearest};

    #[test]
    fn every_named_colour_is_nearest_to_itself() {
        for (name, rgb) in NAMED {
            assert_eq!(nearest(rgb), name);
        }
    }

    #[test]
    fn plain_colours_have_the_names_people_give_them() {
        for (rgb, name) in [
            ([255, 0, 0], "red"),
            ([0, 0, 0], "black"),
            ([255, 255, 255], "white"),
            ([0, 0, 255], "blue"),
            ([255, 255, 0], "yellow"),
            ([150, 150, 150], "grey"),
        ] {
            assert_eq!(nearest(rgb), name, "{rgb:?}");
        }
    }
}
