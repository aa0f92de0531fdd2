//! Listening: connections over TCP and over the local socket, each with bounds on how slowly a client may
//! speak, and an end that lets open requests finish.

use std::{
    future::{Future, ready},
    io,
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{ConnectInfo, Request},
    middleware,
};
use damask_flow::Damask;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    sync::Notify,
};

use crate::{
    face::Face,
    options::ServerOptions,
    reached::OverTls,
    router::{local_options, of_face, of_face_local},
};

/// After so long without a word the kernel asks whether the client is still there, and how often and how many
/// times it asks before the connection counts as broken.
const SILENT_BEFORE_ASKED: Duration = Duration::from_secs(30);
const ASKED_EVERY: Duration = Duration::from_secs(10);
const ASKED_TIMES_MAX: u32 = 3;
/// How long nothing is accepted after accepting failed (out of descriptors): they must come free first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why serving ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The listener cannot say where it listens.
    #[error("the listener cannot be used")]
    Listener(#[source] io::Error),
}

/// Serves the HTTP face until `shutdown`; then lets open requests finish, for as long as the options say.
pub async fn serve(
    listener: TcpListener,
    damask: Damask,
    options: ServerOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    listener.local_addr().map_err(ServeError::Listener)?;
    let face = Face::new(damask, options);
    let router = of_face(face.clone());
    let open = Open::new(&face);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                tune(&stream);
                let router = router.clone().layer(Extension(ConnectInfo::<SocketAddr>(peer)));
                match face.options.tls.clone() {
                    Some(tls) => open.take(tls.accept(stream), router.layer(Extension(OverTls))),
                    None => open.take(ready(Ok(stream)), router),
                }
            }
            Err(error) => pause(&error).await,
        }
    }
    drop(listener);
    open.finish().await;
    Ok(())
}

/// Serves the local face until `shutdown`, to processes of this user and of root alone. `address` is where this
/// process serves people, if it does.
pub async fn serve_local(
    listener: UnixListener,
    damask: Damask,
    address: Option<Arc<str>>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    listener.local_addr().map_err(ServeError::Listener)?;
    let face = Face::new(damask, ServerOptions { address, ..local_options() });
    let router = of_face_local(face.clone());
    let open = Open::new(&face);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, _)) if is_ours(&stream) => open.take(ready(Ok(stream)), router.clone()),
            // Dropped without a word: a stranger learns nothing here.
            Ok((stream, _)) => {
                tracing::warn!(peer = ?stream.peer_cred().ok(), "a stranger called the local socket")
            }
            Err(error) => pause(&error).await,
        }
    }
    drop(listener);
    open.finish().await;
    Ok(())
}

/// Whether the peer is this process's user, or root.
fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| may_call(peer.uid(), rustix::process::geteuid().as_raw()))
}

const fn may_call(peer: u32, own: u32) -> bool {
    peer == own || peer == 0
}

/// What cannot be set is done without.
fn tune(stream: &TcpStream) {
    use rustix::net::sockopt;
    // Small answers go out at once rather than wait for more.
    let _ = stream.set_nodelay(true);
    // A client whose network went away is told from one that has nothing to say (RFC 9293, 3.8.4).
    let _ = sockopt::set_socket_keepalive(stream, true)
        .and_then(|()| sockopt::set_tcp_keepidle(stream, SILENT_BEFORE_ASKED))
        .and_then(|()| sockopt::set_tcp_keepintvl(stream, ASKED_EVERY))
        .and_then(|()| sockopt::set_tcp_keepcnt(stream, ASKED_TIMES_MAX));
}

async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

/// Connections that are open.
struct Open {
    face: Face,
    builder: Builder<TokioExecutor>,
    connections: GracefulShutdown,
}

impl Open {
    fn new(face: &Face) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        let headers_time_max = face.options.headers_time_max;
        builder.http1().timer(TokioTimer::new()).header_read_timeout(headers_time_max);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(headers_time_max);
        Self { face: face.clone(), builder, connections: GracefulShutdown::new() }
    }

    /// Serves a connection once `stream` is ready to be read: whoever takes long to agree on keys holds nobody up.
    fn take<Stream>(&self, stream: impl Future<Output = io::Result<Stream>> + Send + 'static, router: Router)
    where
        Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let spoken = Arc::new(Notify::new());
        let silent = silent(Arc::clone(&spoken), self.face.options.headers_time_max);
        let router = router.layer(middleware::map_request(move |request: Request| {
            spoken.notify_one();
            ready(request)
        }));
        let service = TowerToHyperService::new(router);
        let (builder, watcher) = (self.builder.clone(), self.connections.watcher());
        let connection = async move {
            let stream = stream.await?;
            watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await
        };
        tokio::spawn(async move {
            tokio::select! {
                // A connection that breaks is the client's matter and daily bread.
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(error, "a connection broke");
                },
                () = silent => tracing::debug!("a connection said nothing in time"),
            }
        });
    }

    async fn finish(self) {
        self.face.closing.cancel();
        let limit = self.face.options.stop_time_max;
        if tokio::time::timeout(limit, self.connections.shutdown()).await.is_err() {
            tracing::warn!("requests were still open when the time to finish was over");
        }
    }
}

/// Ends when the first request does not come in time. hyper itself waits without end for the bytes by which
/// HTTP/1 and HTTP/2 are told apart.
async fn silent(spoken: Arc<Notify>, longest: Duration) {
    if tokio::time::timeout(longest, spoken.notified()).await.is_ok() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use rustix::net::sockopt;
    use tokio::net::{TcpListener, TcpStream};

    use super::{may_call, tune};

    #[tokio::test]
    async fn the_kernel_asks_whether_a_silent_client_is_still_there() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let stream = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("connection");
        tune(&stream);
        assert!(sockopt::socket_keepalive(&stream).expect("it is told"));
        let asked = sockopt::tcp_keepidle(&stream).expect("it is told");
        assert!(asked.as_secs() <= 60 && stream.nodelay().expect("it is told"));
    }

    #[test]
    fn the_local_socket_is_for_its_owner_and_for_root() {
        assert!(may_call(1000, 1000) && may_call(0, 1000));
        assert!(!may_call(1001, 1000) && !may_call(1000, 0));
    }
}
