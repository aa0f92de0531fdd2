//! Asking a running `clamd` whether bytes are malware: its `INSTREAM` command (clamd(8), "COMMANDS"), over a socket of
//! this machine or TCP. Optional; nothing of ClamAV is linked in.

use std::{io, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
};

/// Bytes of one chunk.
const CHUNK_BYTES: usize = 128 << 10;
/// Longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 4 << 10;
/// Longest wait for an answer once all bytes are sent.
const ANSWER_WAIT: Duration = Duration::from_secs(120);

/// Where a `clamd` listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clamd {
    /// A socket of this machine.
    Socket(PathBuf),
    /// Host and port.
    Tcp(String),
}

/// What it says of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// Nothing it knows.
    Clean,
    /// Malware, by the name of its signature.
    Malware(String),
    /// More bytes than it takes (`StreamMaxLength`).
    TooLong,
}

impl Clamd {
    /// From its place: an absolute path, or `host:port`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return Some(Self::Socket(text.into()));
        }
        let (host, port) = text.rsplit_once(':')?;
        (!host.is_empty() && port.parse::<u16>().is_ok()).then(|| Self::Tcp(text.to_owned()))
    }

    /// Sends bytes as `read` gives them (an empty piece is the end) and answers what it says.
    ///
    /// # Errors
    /// Where it cannot be reached, breaks off, or says what is no answer; or where `read` fails.
    pub async fn scan<R, F>(&self, read: R) -> io::Result<Scanned>
    where
        R: FnMut(usize) -> F + Send,
        F: Future<Output = io::Result<Vec<u8>>> + Send,
    {
        match self {
            Self::Socket(path) => talk(UnixStream::connect(path).await?, read).await,
            Self::Tcp(address) => talk(TcpStream::connect(address).await?, read).await,
        }
    }
}

async fn talk<S, R, F>(stream: S, mut read: R) -> io::Result<Scanned>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    R: FnMut(usize) -> F + Send,
    F: Future<Output = io::Result<Vec<u8>>> + Send,
{
    let (answer, mut sender) = tokio::io::split(stream);
    let sent = async {
        sender.write_all(b"zINSTREAM\0").await?;
        loop {
            let piece = read(CHUNK_BYTES).await?;
            let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
            sender.write_all(&length.to_be_bytes()).await?;
            if piece.is_empty() {
                return sender.flush().await;
            }
            sender.write_all(&piece).await?;
        }
    }
    .await;
    // It may have answered and closed before the end: what it says counts more than that it no longer listens.
    let mut text = Vec::new();
    let mut limited = answer.take(ANSWER_BYTES_MAX);
    let heard = tokio::time::timeout(ANSWER_WAIT, limited.read_to_end(&mut text)).await;
    let said = said(&String::from_utf8_lossy(&text));
    match (said, sent, heard) {
        (Some(scanned), ..) => Ok(scanned),
        (None, Err(error), _) => Err(error),
        (None, Ok(()), Ok(Err(error))) => Err(error),
        (None, Ok(()), Err(_)) => Err(io::ErrorKind::TimedOut.into()),
        (None, Ok(()), Ok(Ok(_))) => Err(io::Error::other("it gave no answer")),
    }
}

fn said(answer: &str) -> Option<Scanned> {
    let answer = answer.trim_end_matches(['\0', '\n']).trim();
    let answer = answer.strip_prefix("stream: ").unwrap_or(answer);
    if answer == "OK" {
        Some(Scanned::Clean)
    } else if let Some(name) = answer.strip_suffix(" FOUND") {
        Some(Scanned::Malware(name.chars().filter(|one| !one.is_control()).take(200).collect()))
    } else if answer.contains("size limit exceeded") {
        Some(Scanned::TooLong)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::UnixListener,
    };

    use super::{Clamd, Scanned};

    /// A stand-in that reads as `clamd` does and says `answer`; what it was sent.
    async fn asked(bytes: &'static [u8], answer: &'static str) -> (std::io::Result<Scanned>, Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("clamd.sock");
        let listener = UnixListener::bind(&path).expect("a socket");
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.expect("a command");
            assert_eq!(&command, b"zINSTREAM\0");
            let mut taken = Vec::new();
            loop {
                let length = stream.read_u32().await.expect("a length") as usize;
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length];
                stream.read_exact(&mut piece).await.expect("a piece");
                taken.extend(piece);
            }
            stream.write_all(answer.as_bytes()).await.expect("an answer");
            taken
        });
        let mut left = bytes;
        let clamd = Clamd::parse(path.to_str().expect("UTF-8")).expect("a path");
        let scanned = clamd.scan(move |most| {
            let (piece, rest) = left.split_at(most.min(left.len()).min(7));
            left = rest;
            let piece = piece.to_vec();
            async move { Ok(piece) }
        });
        (scanned.await, heard.await.expect("it ends"))
    }

    #[tokio::test]
    async fn bytes_are_sent_whole_and_its_answer_is_read() {
        let bytes = b"twenty bytes or a few more";
        let (scanned, heard) = asked(bytes, "stream: OK\0").await;
        assert_eq!((scanned.expect("an answer"), heard.as_slice()), (Scanned::Clean, &bytes[..]));
        let (scanned, _) = asked(bytes, "stream: Eicar-Test-Signature FOUND\0").await;
        assert_eq!(scanned.expect("an answer"), Scanned::Malware("Eicar-Test-Signature".into()));
        let (scanned, _) = asked(bytes, "INSTREAM size limit exceeded. ERROR\0").await;
        assert_eq!(scanned.expect("an answer"), Scanned::TooLong);
        assert!(asked(bytes, "what?").await.0.is_err());
    }

    #[tokio::test]
    async fn one_that_is_not_there_is_an_error() {
        let nowhere = Clamd::parse("/nowhere/clamd.sock").expect("a path");
        assert!(nowhere.scan(async |_| Ok(Vec::new())).await.is_err());
        assert_eq!(Clamd::parse("scanner:3310"), Some(Clamd::Tcp("scanner:3310".into())));
        assert_eq!(Clamd::parse("scanner"), None);
    }
}
