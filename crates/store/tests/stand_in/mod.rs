//! An S3 server in memory with bad manners, as real ones have: it ignores conditions or ranges, lists in another
//! order, knows no multipart, refuses, spoils, hangs up. Signatures are not looked at.

mod http;

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
};

use http::{Answer, Request};

pub const BUCKET: &str = "stand-in";

/// What it does wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    pub ignores_conditions: bool,
    pub ignores_ranges: bool,
    pub lists_backwards: bool,
    pub has_no_multipart: bool,
    /// Status and code with which everything is refused.
    pub refuses: Option<(u16, &'static str)>,
    /// One bit of what is read is turned.
    pub spoils: bool,
    /// So many requests that bring bytes are taken in and not answered.
    pub hangs_up: u32,
    /// The last word of a long file keeps only its beginning.
    pub keeps_half: bool,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: HashMap<String, BTreeMap<u32, Vec<u8>>>,
    manners: Manners,
    /// Requests by method, and how many.
    asked: HashMap<String, u32>,
}

/// It serves until the test ends.
#[derive(Clone)]
pub struct StandIn {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl StandIn {
    pub fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { manners, ..State::default() }));
        let stand_in = Self { address, state };
        let serving = stand_in.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = serving.clone();
                std::thread::spawn(move || serving.serve(stream));
            }
        });
        stand_in
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn behave(&self, manners: Manners) {
        self.state().manners = manners;
    }

    /// How many requests of this method came.
    pub fn asked(&self, method: &str) -> u32 {
        self.state().asked.get(method).copied().unwrap_or(0)
    }

    /// Names of whole objects, in order.
    pub fn names(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// Long files begun and neither ended nor given up.
    pub fn unfinished(&self) -> usize {
        self.state().uploads.len()
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.state().objects.get_mut(name).unwrap());
    }

    fn serve(&self, mut stream: TcpStream) {
        while let Some(request) = http::read(&mut stream) {
            let mut state = self.state();
            *state.asked.entry(request.method.clone()).or_default() += 1;
            if !request.body.is_empty() && state.manners.hangs_up > 0 {
                state.manners.hangs_up -= 1;
                return;
            }
            let answer = state.answer(&request);
            drop(state);
            if http::write(&mut stream, &request, &answer).is_none() {
                return;
            }
        }
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        if let Some((status, code)) = self.manners.refuses {
            return Answer::refusal(status, code);
        }
        let Some(name) = request.path.strip_prefix(&format!("/{BUCKET}")) else {
            return Answer::refusal(404, "NoSuchBucket");
        };
        let name = name.trim_start_matches('/').to_owned();
        let upload = request.asked("uploadId").map(str::to_owned);
        match (request.method.as_str(), upload) {
            ("GET", _) if name.is_empty() => self.list(request),
            ("POST", None) if self.manners.has_no_multipart => Answer::refusal(501, "NotImplemented"),
            ("POST", None) => {
                let id = format!("upload-{}", self.asked["POST"]);
                self.uploads.insert(id.clone(), BTreeMap::new());
                Answer::xml(format!(
                    "<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{name}</Key>\
                     <UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                ))
            }
            ("PUT", Some(id)) => {
                let number = request.asked("partNumber").unwrap().parse().unwrap();
                let Some(upload) = self.uploads.get_mut(&id) else {
                    return Answer::refusal(404, "NoSuchUpload");
                };
                upload.insert(number, request.body.clone());
                Answer::stored()
            }
            ("POST", Some(id)) => {
                let Some(pieces) = self.uploads.remove(&id) else {
                    return Answer::refusal(404, "NoSuchUpload");
                };
                let mut whole = pieces.into_values().flatten().collect::<Vec<u8>>();
                if self.manners.keeps_half {
                    whole.truncate(whole.len() / 2);
                }
                self.objects.insert(name, whole);
                Answer::xml(
                    "<CompleteMultipartUploadResult><ETag>&quot;e&quot;</ETag>\
                     </CompleteMultipartUploadResult>"
                        .into(),
                )
            }
            ("DELETE", Some(id)) => {
                self.uploads.remove(&id);
                Answer::empty(204)
            }
            ("PUT", None) => self.put(request, name),
            ("GET" | "HEAD", _) => self.get(request, &name),
            ("DELETE", None) => {
                self.objects.remove(&name);
                Answer::empty(204)
            }
            (method, _) => panic!("{method} is not known here"),
        }
    }

    fn put(&mut self, request: &Request, name: String) -> Answer {
        let is_create = request.header("if-none-match") == Some("*");
        if is_create && !self.manners.ignores_conditions && self.objects.contains_key(&name) {
            return Answer::refusal(412, "PreconditionFailed");
        }
        self.objects.insert(name, request.body.clone());
        Answer::stored()
    }

    fn get(&self, request: &Request, name: &str) -> Answer {
        let Some(bytes) = self.objects.get(name) else { return Answer::refusal(404, "NoSuchKey") };
        let mut bytes = bytes.clone();
        if self.manners.spoils && !bytes.is_empty() {
            bytes[0] ^= 1;
        }
        match request.header("range").filter(|_| !self.manners.ignores_ranges) {
            Some(range) => {
                let (start, end) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
                let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
                let end = (end + 1).min(bytes.len());
                Answer::part(&bytes, start, end)
            }
            None => Answer::whole(bytes),
        }
    }

    /// A page of at most 100 names, all below the prefix.
    fn list(&self, request: &Request) -> Answer {
        let prefix = request.asked("prefix").unwrap_or_default();
        let mut names: Vec<&String> = self.objects.keys().filter(|name| name.starts_with(prefix)).collect();
        if self.manners.lists_backwards {
            names.reverse();
        }
        let from = request.asked("continuation-token").map_or(0, |token| token.parse::<usize>().unwrap());
        let page = &names[from.min(names.len())..(from + 100).min(names.len())];
        let mut xml = format!("<ListBucketResult><Name>{BUCKET}</Name>");
        for name in page {
            let size = self.objects[*name].len();
            write!(
                xml,
                "<Contents><Key>{name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>\
                 <ETag>&quot;e&quot;</ETag><Size>{size}</Size></Contents>"
            )
            .unwrap();
        }
        if from + 100 < names.len() {
            write!(xml, "<NextContinuationToken>{}</NextContinuationToken>", from + 100).unwrap();
        }
        Answer::xml(xml + "</ListBucketResult>")
    }
}
