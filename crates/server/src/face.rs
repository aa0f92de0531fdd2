//! What every handler is handed: the library, the options, the meters. One concrete type, cheap to clone.

use std::sync::Arc;

use axum::extract::FromRef;
use damask_flow::Damask;
use tokio_util::sync::CancellationToken;

use crate::{bodies::Bodies, events::Seats, meters::Meters, options::ServerOptions};

/// The state of a face.
#[derive(Clone)]
pub struct Face {
    /// The library.
    pub damask: Damask,
    /// What the face was told when it was made.
    pub options: Arc<ServerOptions>,
    /// Counts of requests.
    pub meters: Arc<Meters>,
    /// Who holds event streams open.
    pub seats: Arc<Seats>,
    /// Room for bodies that are bytes of files.
    pub bodies: Bodies,
    /// Ends what would not end by itself when the server stops.
    pub closing: CancellationToken,
}

impl Face {
    /// A face of that library.
    pub fn new(damask: Damask, options: ServerOptions) -> Self {
        Self {
            damask,
            seats: Arc::new(Seats::new(options.event_streams_max)),
            bodies: Bodies::new(options.bodies_max),
            options: Arc::new(options),
            meters: Arc::new(Meters::new()),
            closing: CancellationToken::new(),
        }
    }
}

impl FromRef<Face> for Damask {
    fn from_ref(face: &Face) -> Self {
        face.damask.clone()
    }
}
