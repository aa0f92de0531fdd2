//! What tests ask with: an app around a library, requests that read like their HTTP, replies that check
//! themselves.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use damask_server::{Hosts, ServerOptions, router};
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use crate::library::Library;

pub const PASSWORD: &str = "correct horse battery";
pub const EMAIL: &str = "ada@example.org";

/// A library with its HTTP face.
pub struct App {
    pub library: Library,
    pub router: Router,
}

/// The same with the first administrator signed in.
pub struct SignedIn {
    pub app: App,
    pub cookie: String,
}

impl App {
    /// A new, empty library.
    pub async fn open() -> Self {
        Self::with(ServerOptions { library: "Test".to_owned(), ..ServerOptions::default() }).await
    }

    /// With options of the face.
    pub async fn with(options: ServerOptions) -> Self {
        let library = Library::open().await;
        let router = router(library.damask.clone(), options);
        Self { library, router }
    }

    /// Makes the first administrator.
    pub async fn signed_in(self) -> SignedIn {
        let token = self.library.setup_token().await;
        let body = json!({"token": token, "name": "Ada", "email": EMAIL, "password": PASSWORD});
        let reply = self.post("/api/v1/setup").json(&body).send().await.expect(StatusCode::CREATED);
        let cookie = reply.cookie();
        SignedIn { app: self, cookie }
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        Ask::of(&self.router, method, path)
    }
}

/// A library with an administrator, and nothing else.
pub async fn signed_in() -> SignedIn {
    App::open().await.signed_in().await
}

impl SignedIn {
    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    /// As the browser asks from Damask's own page.
    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        self.app.ask(method, path).header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }

    /// Brings a file in and answers its asset's id.
    pub async fn bring(&self, path: &str, bytes: impl Into<Vec<u8>>) -> String {
        let put = self.ask(Method::PUT, &format!("/api/v1/files/{path}")).body(bytes);
        let reply = put.send().await.expect(StatusCode::CREATED);
        reply.json()["asset"].as_str().expect("an asset").to_owned()
    }

    /// Makes a key with these scopes and answers its secret.
    pub async fn key(&self, request: Json) -> String {
        let reply = self.post("/api/v1/keys").json(&request).send().await.expect(StatusCode::CREATED);
        reply.json()["secret"].as_str().expect("a secret").to_owned()
    }

    /// Names found by a query, once the index has seen all that was done.
    pub async fn found(&self, query: &str) -> Vec<String> {
        let seq = self.app.library.damask.seq();
        let path = format!("/api/v1/assets?q={query}&at_least={seq}");
        let reply = self.get(&path).send().await.expect(StatusCode::OK);
        let items = reply.json()["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["name"].as_str().expect("name").to_owned()).collect()
    }
}

/// A request being written.
pub struct Ask<'a> {
    router: &'a Router,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl<'a> Ask<'a> {
    pub fn of(router: &'a Router, method: Method, path: &str) -> Self {
        let headers = vec![("host".to_owned(), "localhost:8400".to_owned())];
        Self { router, method, path: path.to_owned(), headers, body: Vec::new() }
    }

    /// Sets a header; a second one of that name takes the place of the first.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn key(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }

    pub fn json(self, body: &Json) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// The response with its body still to come.
    pub async fn open(mut self) -> axum::http::Response<Body> {
        let body = Body::from(std::mem::take(&mut self.body));
        self.pouring(body).await
    }

    /// The same, asked with a body that comes bit by bit.
    pub async fn pouring(self, body: Body) -> axum::http::Response<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).expect("request");
        self.router.clone().oneshot(request).await.expect("the router is infallible")
    }

    pub async fn send(self) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        let response = self.open().await;
        Reply::of(what, response).await
    }

    /// Sends with a body that comes bit by bit.
    pub async fn send_pouring(self, body: Body) -> Reply {
        let what = format!("{} {}", self.method, self.path);
        let response = self.pouring(body).await;
        Reply::of(what, response).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    what: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    async fn of(what: String, response: axum::http::Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("body").to_bytes().to_vec();
        Self { what, status: head.status, headers: head.headers, bytes }
    }

    /// The reply, if it has that status.
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Checks that it is that problem, with its status, and answers it.
    pub fn problem(self, status: u16, code: &str) -> Json {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.what, String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header(header::CONTENT_TYPE.as_str()), "application/problem+json", "{}", self.what);
        let problem = self.json();
        assert_eq!(
            (problem["code"].as_str(), problem["status"].as_u64()),
            (Some(code), Some(status.into())),
            "{problem}"
        );
        problem
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).expect("a JSON body")
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// The cookie it sets, as a browser sends it back.
    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().expect("a cookie").to_owned()
    }
}

/// Options that answer to any host.
pub fn any_host() -> ServerOptions {
    ServerOptions { hosts: Hosts::Any, ..ServerOptions::default() }
}
