//! What Damask does: ingest, describe, index, deliver, govern. The only place where engines meet.
//!
//! Reading order: [`pipeline`] (the journey on one page), [`Damask`] (the engines), [`Caller`] (who asks),
//! then the journey itself: [`ingest`], [`describe`], [`index`], [`deliver`]. Everything that happens in the
//! background is started by [`Running`]. No function here reads the clock, the environment or the network;
//! none can be called without a caller but those of [`govern`] that make one.

pub mod backup;
pub mod caller;
pub mod check;
mod damask;
pub mod deliver;
pub mod describe;
pub mod edit;
pub mod events;
pub mod find;
pub mod fixity;
mod frees;
pub mod govern;
pub mod index;
pub mod ingest;
mod limits;
mod lines;
pub mod look;
mod names;
pub mod notary;
pub mod once;
mod opening;
pub mod pipeline;
mod running;
mod see;
pub mod several;
pub mod stages;
pub mod status;
mod summary;
pub mod trash;
pub mod trouble;
pub mod undo;
mod urgency;
pub mod versions;
pub mod view;
pub mod work;
pub mod workers;

pub use caller::Caller;
pub use damask::Damask;
pub use damask_media::clamd::Clamd;
pub use damask_store::{Bucket, Place, Places, Rank, Secret};
pub use limits::Limits;
pub use opening::Opening;
pub use running::Running;
pub use trouble::{Mistake, Outcome, Trouble};
