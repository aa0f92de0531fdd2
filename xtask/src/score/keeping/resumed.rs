//! Uploads whose server is killed (SIGKILL) at a random byte: how much is sent again, and whether what came of them is
//! what was sent.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use damask_testkit::Words;

use super::super::server::Server;
use super::super::socket::Socket;
use super::super::tus::{Received, Uploader};
use super::super::{Bench, figure};
use super::people::administrator;

/// What a client sends in one request.
const CHUNK_BYTES: usize = 4 << 20;
/// Lengths of the files, from and to.
const FILE_BYTES: (u64, u64) = (9 << 20, 40 << 20);
/// What is written to the connection at once; the server is killed between two.
const STEP_BYTES: usize = 64 << 10;

/// What became of the uploads that were cut.
pub struct Cut {
    uploads: usize,
    /// The most that one of them sent again.
    again_bytes_max: u64,
    again_bytes: u64,
    /// What is not as it was sent, in words.
    pub wrong: Vec<String>,
}

impl Cut {
    pub fn chunks_sent_again_max(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few chunks")]
        let again = self.again_bytes_max as f64;
        again / figure(CHUNK_BYTES)
    }

    pub fn words(&self) -> String {
        format!(
            "{} uploads in chunks of {CHUNK_BYTES} bytes, each cut by SIGKILL of the server at a random byte: at most \
             {} bytes sent again, {} in all",
            self.uploads, self.again_bytes_max, self.again_bytes
        )
    }
}

/// A library whose server is killed again and again.
struct Target {
    data: PathBuf,
    cookie: String,
}

/// A file that is sent, and how far.
struct Sending {
    bytes: Vec<u8>,
    place: String,
    /// As the server acknowledged.
    acknowledged: usize,
    /// Bytes written to connections, the furthest of the file.
    sent: usize,
}

pub fn measure(bench: &Bench) -> Result<Cut> {
    let data = bench.folder("resumed")?;
    let mut server = Server::start(&bench.binary, &data)?;
    let cookie = administrator(&Socket::of(&data), &server.door())?;
    let target = Target { data, cookie };
    let mut words = Words::new(bench.wish.seed);
    let mut cut = Cut { uploads: 0, again_bytes_max: 0, again_bytes: 0, wrong: Vec::new() };
    let mut made = Vec::new();
    for number in 0..bench.wish.cuts {
        let length = FILE_BYTES.0 + words.below(FILE_BYTES.1 - FILE_BYTES.0);
        let kill_at = usize::try_from(1 + words.below(length - 1))?;
        let bytes = words.noise(usize::try_from(length)?);
        let place = target.uploader(&server).create(&format!("cut-{number}.bin"), length)?;
        let mut sending = Sending { bytes, place, acknowledged: 0, sent: 0 };
        let mut server_killed = Some(server);
        sending.go_on(&target, &mut server_killed, Some(kill_at))?;
        ensure!(server_killed.is_none(), "the server was not killed before all of upload {number} was sent");
        server = Server::start(&bench.binary, &target.data).context("it did not start again")?;

        let uploader = target.uploader(&server);
        let there = uploader.state(&sending.place).context("the upload is gone")?;
        if there.bytes < sending.acknowledged as u64 {
            let (is, was) = (there.bytes, sending.acknowledged);
            cut.wrong.push(format!("upload {number}: {is} bytes are there of {was} acknowledged"));
        }
        let again = (sending.sent as u64).saturating_sub(there.bytes);
        cut.uploads += 1;
        cut.again_bytes += again;
        cut.again_bytes_max = cut.again_bytes_max.max(again);
        sending.acknowledged = usize::try_from(there.bytes)?;
        let asset = match there.asset {
            Some(asset) => Some(asset),
            None => {
                let mut running = Some(server);
                let asset = sending.go_on(&target, &mut running, None)?;
                server = running.context("nobody kills it now")?;
                asset
            }
        };
        let asset = asset.with_context(|| format!("upload {number} became no asset"))?;
        made.push((asset, sending.bytes));
    }
    for (number, (asset, bytes)) in made.iter().enumerate() {
        let place = format!("/api/v1/assets/{asset}/original");
        let answer = Socket::of(&target.data).ask("GET", &place, &[], &[])?;
        if answer.status != 200 || answer.body != *bytes {
            cut.wrong.push(format!("upload {number}: its original is not what was sent ({})", answer.status));
        }
    }
    server.settle()?;
    let (clean, said) = bench.binary.check(&target.data)?;
    if !clean {
        let fault = said.lines().find(|line| line.contains("\"fault\":true"));
        cut.wrong.push(format!("unclean: {}", fault.unwrap_or("it names no fault")));
    }
    server.stop()?;
    Ok(cut)
}

impl Target {
    fn uploader(&self, server: &Server<'_>) -> Uploader {
        Uploader::at(server.door(), self.cookie.clone())
    }
}

impl Sending {
    /// Sends chunks from where it was acknowledged; kills the server when `kill_at` bytes of the file were written.
    /// Answers the asset once it is whole.
    fn go_on(
        &mut self,
        target: &Target,
        server: &mut Option<Server<'_>>,
        kill_at: Option<usize>,
    ) -> Result<Option<String>> {
        let uploader = target.uploader(server.as_ref().context("it runs")?);
        while self.acknowledged < self.bytes.len() {
            let end = (self.acknowledged + CHUNK_BYTES).min(self.bytes.len());
            match self.chunk(&uploader, end, server, kill_at)? {
                Some(Received { bytes, asset }) => {
                    self.acknowledged = usize::try_from(bytes)?;
                    ensure!(self.acknowledged == end, "a chunk up to {end} was taken as {bytes}");
                    if asset.is_some() {
                        return Ok(asset);
                    }
                }
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Sends one chunk in steps; `None` when the server was killed over it.
    fn chunk(
        &mut self,
        uploader: &Uploader,
        end: usize,
        server: &mut Option<Server<'_>>,
        kill_at: Option<usize>,
    ) -> Result<Option<Received>> {
        let from = self.acknowledged;
        let mut piece = uploader.begin(&self.place, from as u64, (end - from) as u64)?;
        let mut at = from;
        while at < end {
            let mut next = (at + STEP_BYTES).min(end);
            if let Some(kill_at) = kill_at.filter(|kill_at| (at..=end).contains(kill_at)) {
                next = next.min(kill_at.max(at + 1));
            }
            piece.write(&self.bytes[at..next])?;
            at = next;
            self.sent = self.sent.max(at);
            if kill_at.is_some_and(|kill_at| at >= kill_at) {
                server.take().context("it runs")?.kill()?;
                return Ok(None);
            }
        }
        piece.end().map(Some)
    }
}
