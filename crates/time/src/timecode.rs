//! placeholder
/// placeholder
#[derive(Debug)]
pub struct Timecode;
/// placeholder
#[derive(Debug)]
pub struct TimecodeError;
