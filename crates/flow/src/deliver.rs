//! Deliver: originals and renditions, for whoever may have them.

pub mod key;
pub mod originals;
pub mod previews;
pub mod renditions;
