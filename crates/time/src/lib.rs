//! Exact time: instants, rates, frame counts, ranges, timecode.
//!
//! Nothing here is a float. Media time is a whole count at a rational [`Rate`]; wall time is a whole
//! count of microseconds ([`Instant`]). Converting between rates always names its [`Rounding`].
//! There is no clock here: callers pass the time in.

mod instant;
mod moment;
mod rate;
mod span;
mod timecode;

pub use instant::Instant;
pub use moment::{Moment, MomentError, Precision};
pub use rate::{Rate, RateError, Rounding};
pub use span::{MediaTime, TimeRange};
pub use timecode::{Timecode, TimecodeError};
