//! A wire between the catalog and PostgreSQL that is cut at a chosen moment: once before the server hears
//! of a commit, once after it committed and before the catalog hears of it.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// When the wire is cut, once.
#[derive(Clone, Copy)]
pub enum Moment {
    BeforeCommit = 1,
    AfterCommit = 2,
}

#[derive(Clone)]
pub struct Wire {
    cut: Arc<AtomicU8>,
}

impl Wire {
    /// A wire to the server of `url`, and the URL of its near end.
    pub async fn to(url: &str) -> (Self, String) {
        let near = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = near.local_addr().expect("bound").port();
        let (user, rest) = url.split_once('@').expect("a user");
        let (far, database) = rest.split_once('/').expect("a database");
        let near_url = format!("{user}@127.0.0.1:{port}/{database}");
        let wire = Self { cut: Arc::default() };
        let (own, far) = (wire.clone(), far.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = near.accept().await {
                let server = TcpStream::connect(&far).await.expect("the server");
                tokio::spawn(own.clone().carry(client, server));
            }
        });
        (wire, near_url)
    }

    pub fn cut_at(&self, moment: Moment) {
        self.cut.store(moment as u8, Ordering::SeqCst);
    }

    pub fn was_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst) == 0
    }

    /// Whether these bytes are those at which the wire is to be cut now.
    fn cuts(&self, bytes: &[u8], mark: &[u8], moment: Moment) -> bool {
        bytes.windows(mark.len()).any(|window| window == mark)
            && self.cut.compare_exchange(moment as u8, 0, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    async fn carry(self, mut client: TcpStream, mut server: TcpStream) {
        let (mut from_client, mut from_server) = ([0; 16_384], [0; 16_384]);
        loop {
            tokio::select! {
                read = client.read(&mut from_client) => match read {
                    Ok(count) if count > 0 => {
                        if self.cuts(&from_client[..count], b"COMMIT\0", Moment::BeforeCommit) {
                            return;
                        }
                        if server.write_all(&from_client[..count]).await.is_err() { return }
                    }
                    _ => return,
                },
                read = server.read(&mut from_server) => match read {
                    Ok(count) if count > 0 => {
                        // The server says COMMIT (CommandComplete) once it has committed.
                        if self.cuts(&from_server[..count], b"COMMIT\0", Moment::AfterCommit) {
                            return;
                        }
                        if client.write_all(&from_server[..count]).await.is_err() { return }
                    }
                    _ => return,
                },
            }
        }
    }
}
