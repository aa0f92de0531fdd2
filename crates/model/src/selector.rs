//! Selectors: which part of a version is meant. Comments, tags, faces, text lines, markers and licences
//! all use this one. After the W3C Web Annotation Data Model (clause 4.2), with exact time.

use damask_time::TimeRange;
use serde::{Deserialize, Serialize};

/// A part of a version. All that is given must hold: a region on a page, a region during a time range.
/// Nothing given means the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selector {
    /// A rectangle, in fractions of the upright picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// A page, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// A range of media time; a duration of 0 is a single moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeRange>,
}

/// A rectangle in millionths of width and height, so that it is exact and survives every rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[u32; 4]", into = "[u32; 4]")]
pub struct Region {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// A rectangle that does not lie within the picture, or holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a region lies within 0 to 1000000 on both axes and is not empty")]
pub struct RegionError;

impl Region {
    /// Millionths in the whole width or height.
    pub const WHOLE: u32 = 1_000_000;

    /// From left, top, width and height in millionths of the upright picture.
    pub fn new(left: u32, top: u32, width: u32, height: u32) -> Result<Self, RegionError> {
        let within = |start: u32, length: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= Self::WHOLE)
        };
        if within(left, width) && within(top, height) {
            Ok(Self { left, top, width, height })
        } else {
            Err(RegionError)
        }
    }
}

impl TryFrom<[u32; 4]> for Region {
    type Error = RegionError;

    fn try_from([left, top, width, height]: [u32; 4]) -> Result<Self, RegionError> {
        Self::new(left, top, width, height)
    }
}

impl From<Region> for [u32; 4] {
    fn from(region: Region) -> Self {
        [region.left, region.top, region.width, region.height]
    }
}

#[cfg(test)]
mod tests {
    use super::Region;

    #[test]
    fn a_region_lies_within_its_picture() {
        assert!(Region::new(0, 0, Region::WHOLE, Region::WHOLE).is_ok());
        assert!(Region::new(1, 0, Region::WHOLE, 1).is_err());
        assert!(Region::new(0, 0, 0, 1).is_err());
    }
}
