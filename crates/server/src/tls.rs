//! TLS for the face: a certificate and its key from two files, read again while connections stay open.
//!
//! rustls with ring, TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN. Whoever asks for a fresh look
//! ([`Tls::look_again`]) is the binary: when it is told to, and from time to time. Certificates are ordered and
//! renewed by others (certbot, a company's own authority); Damask only reads what they write.

use std::{
    fmt, fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use damask_time::Instant;
use rustls::{
    CertificateError, Error as RustlsError, RootCertStore, ServerConfig,
    client::verify_server_cert_signed_by_trust_anchor,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject as _},
    server::{ClientHello, ParsedCertificate, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Longest file with certificates or a key, in bytes.
const PEM_BYTES_MAX: u64 = 1 << 20;
/// A certificate that ends sooner than this is spoken of.
const ENDS_SOON: Duration = Duration::from_secs(14 * 24 * 3_600);
/// The first byte of a TLS connection: a record of type handshake (RFC 8446, 5.1).
const HANDSHAKE: u8 = 22;
/// What is read at most of a request that came without TLS, in bytes: it is answered, not understood.
const PLAIN_BYTES_MAX: usize = 8 << 10;
const PLAIN_ANSWER: &str = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 54\r\nConnection: close\r\n\r\nThis port speaks HTTPS: begin the address with https.\n";

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and what leads from it to its authority, in PEM, the server's own first.
    pub certificate: PathBuf,
    /// The private key, in PEM, not encrypted.
    pub key: PathBuf,
}

/// Why a certificate and a key are not taken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there, may not be read, or is too long.
    #[error("cannot read {}", .path.display())]
    Unread {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file has not in it what it should.
    #[error("{} has no {what} in PEM form", .path.display())]
    Absent {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
    },
    /// The key is another certificate's.
    #[error("the key in {} does not belong to the certificate in {}", .0.key.display(), .0.certificate.display())]
    Strangers(TlsFiles),
    /// What is in the files is of a kind that cannot be used.
    #[error("the certificate in {} and its key cannot be used", .certificate.display())]
    Unusable {
        /// The file with the certificate.
        certificate: PathBuf,
        /// Why.
        #[source]
        source: RustlsError,
    },
}

/// How a certificate stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds for a good while.
    Good,
    /// It ends within two weeks.
    EndsSoon {
        /// Whole days that are left.
        days: u64,
    },
    /// It has ended: browsers refuse it.
    Ended,
    /// It does not hold yet: browsers refuse it.
    NotYet,
}

/// What the face shows of itself to whoever connects.
pub struct Tls {
    files: TlsFiles,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
}

impl fmt::Debug for Tls {
    /// Keys are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

/// The pair in use, and which state of the files was read last, good or not.
#[derive(Debug)]
struct Shown {
    pair: RwLock<Arc<CertifiedKey>>,
    seen: RwLock<Option<[Stamp; 2]>>,
}

/// By what a file is known to have changed: a renewed certificate may be as long and as old as the one before.
type Stamp = (u64, SystemTime, u64);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.pair.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Tls {
    /// Reads both files.
    pub fn read(files: TlsFiles) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let seen = stamps(&files);
        let pair = read_pair(&files, &provider)?;
        let shown = Arc::new(Shown { pair: RwLock::new(Arc::new(pair)), seen: RwLock::new(seen) });
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.expect("ring has suites for TLS 1.2 and 1.3").with_no_client_auth();
        let mut config = builder.with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { files, shown, config: Arc::new(config) })
    }

    /// Reads the files again, if they are not as they were or `always`; answers whether a new pair is in use. New
    /// connections see it; those that are open go on. A pair that cannot be used leaves the one before in use.
    pub fn look_again(&self, always: bool) -> Result<bool, TlsError> {
        let now = stamps(&self.files);
        let mut seen = self.shown.seen.write().unwrap_or_else(PoisonError::into_inner);
        if !always && (now.is_none() || *seen == now) {
            return Ok(false);
        }
        *seen = now;
        let pair = read_pair(&self.files, self.config.crypto_provider())?;
        let mut shown = self.shown.pair.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = shown.cert != pair.cert;
        *shown = Arc::new(pair);
        Ok(is_new)
    }

    /// How the certificate in use stands at `now`.
    pub fn standing(&self, now: Instant) -> Standing {
        let pair = Arc::clone(&self.shown.pair.read().unwrap_or_else(PoisonError::into_inner));
        let seconds =
            u64::try_from(now.micros_since(Instant::from_micros(0)) / 1_000_000).unwrap_or_default();
        let now = Duration::from_secs(seconds);
        match validity(&pair, now) {
            Some(CertificateError::ExpiredContext { .. } | CertificateError::Expired) => Standing::Ended,
            Some(CertificateError::NotValidYetContext { .. } | CertificateError::NotValidYet) => {
                Standing::NotYet
            }
            _ => match validity(&pair, now + ENDS_SOON) {
                Some(CertificateError::ExpiredContext { not_after, .. }) => {
                    Standing::EndsSoon { days: not_after.as_secs().saturating_sub(seconds) / 86_400 }
                }
                _ => Standing::Good,
            },
        }
    }

    /// Agrees on keys with whoever connected. One who speaks plain HTTP is told so.
    pub(crate) async fn accept(self: Arc<Self>, mut stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 1 && first[0] != HANDSHAKE {
            if first[0].is_ascii_uppercase() {
                // Read before it is answered: closing on unread bytes would take the answer away again.
                let _ = stream.read(&mut [0; PLAIN_BYTES_MAX]).await?;
                stream.write_all(PLAIN_ANSWER.as_bytes()).await?;
                stream.shutdown().await?;
            }
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no TLS was spoken"));
        }
        TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await
    }
}

/// `None` while a file is not there.
fn stamps(files: &TlsFiles) -> Option<[Stamp; 2]> {
    use std::os::unix::fs::MetadataExt as _;
    let stamp = |path: &Path| {
        let told = fs::metadata(path).ok()?;
        Some((told.len(), told.modified().ok()?, told.ino()))
    };
    Some([stamp(&files.certificate)?, stamp(&files.key)?])
}

fn read_pair(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let (path, what) = (&files.certificate, "certificate");
    let pem = read_file(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsError::Absent { path: path.clone(), what })?;
    let (path, what) = (&files.key, "private key without a password");
    let key = PrivateKeyDer::from_pem_slice(&read_file(path)?);
    let key = key.map_err(|_| TlsError::Absent { path: path.clone(), what })?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        RustlsError::InconsistentKeys(_) => TlsError::Strangers(files.clone()),
        source => TlsError::Unusable { certificate: files.certificate.clone(), source },
    })
}

fn read_file(path: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(PEM_BYTES_MAX + 1).read_to_end(&mut bytes));
    let read = read.and_then(|length| match u64::try_from(length) {
        Ok(length) if length <= PEM_BYTES_MAX => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is no certificate and no key")),
    });
    read.map_err(|source| TlsError::Unread { path: path.to_owned(), source })?;
    Ok(bytes)
}

/// What is wrong with the server's own certificate at a moment. Nobody is trusted, so there is always something; its
/// dates are judged before its authority.
fn validity(pair: &CertifiedKey, since_epoch: Duration) -> Option<CertificateError> {
    let own = ParsedCertificate::try_from(pair.end_entity_cert().ok()?).ok()?;
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    let moment = UnixTime::since_unix_epoch(since_epoch);
    let judged =
        verify_server_cert_signed_by_trust_anchor(&own, &RootCertStore::empty(), &[], moment, algorithms);
    match judged {
        Err(RustlsError::InvalidCertificate(error)) => Some(error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::PLAIN_ANSWER;

    #[test]
    fn the_answer_to_plain_http_has_the_length_it_says() {
        let (head, body) = PLAIN_ANSWER.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{}", body.len());
    }
}
