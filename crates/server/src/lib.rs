//! The faces of Damask: HTTP API, web pages, tus uploads, live events, and the local socket.
//!
//! Handlers are thin: they read, call one function of `damask-flow` and answer. What may be done, and which
//! assets exist for whom, is decided in `flow` alone. Start reading at `router.rs` (what is served, and in
//! which order a request passes the layers); `problem.rs` gives failures their HTTP numbers; `wire/` holds
//! what leaves and enters as JSON.

mod accounts;
mod assets;
mod backups;
mod bodies;
mod bytes_of_file;
mod caller;
mod check;
mod compressed;
mod disposition;
mod erase;
mod events;
mod extract;
mod face;
mod fields;
mod files;
mod folders;
mod guard;
mod health;
mod jobs;
mod keys;
mod lines;
mod local;
mod meters;
mod notary;
mod once;
mod openapi;
mod options;
mod originals;
#[doc(hidden)]
pub mod outside;
mod page;
mod pages;
mod pictures;
mod places;
mod problem;
mod quarantine;
mod ranges;
mod reached;
mod reference;
mod router;
mod serve;
mod session;
mod setup;
mod status;
mod suggest;
mod tls;
mod trace;
mod trash;
mod undo;
mod uploads;
mod versions;
mod wire;
mod witness;

pub use openapi::openapi;
pub use options::{Hosts, ServerOptions};
pub use reached::{Network, NoNetwork};
pub use router::{local_router, router};
pub use serve::{ServeError, serve, serve_local};
pub use tls::{Standing, Tls, TlsError, TlsFiles};
pub use witness::Witness;
