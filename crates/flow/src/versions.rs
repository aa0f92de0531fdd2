//! Versions: which edition of an asset people get, what differs between two, and who may change it meanwhile. Bytes
//! become a version in `ingest/receive.rs`, as all bytes do.

pub mod checkout;
pub mod compare;
pub mod promote;
