//! People at the door: the first administrator, and what they ask while they are signed in.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::super::socket::Socket;

/// Makes the first administrator and answers the cookie of their session. The link is asked for by the machine's
/// `owner`, the rest is done as people do it, by the `door`.
pub fn administrator(owner: &Socket, door: &Socket) -> Result<String> {
    let (link, _) = ask(owner, "POST", "/api/v1/setup/link", "", &json!({}))?;
    let person = json!({"token": link["token"], "name": "Ada", "email": "ada@example.org",
        "password": "correct horse battery"});
    Ok(ask(door, "POST", "/api/v1/setup", "", &person)?.1)
}

/// What was answered, and the cookie that was set.
pub fn ask(socket: &Socket, method: &str, path: &str, cookie: &str, body: &Value) -> Result<(Value, String)> {
    let headers =
        [("content-type", "application/json"), ("cookie", cookie), ("sec-fetch-site", "same-origin")];
    let answer = socket.ask(method, path, &headers, body.to_string().as_bytes())?;
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(answer.status < 300, "{method} {path}: {} {said}", answer.status);
    let set = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
    Ok((serde_json::from_str(&said).unwrap_or_default(), set.to_owned()))
}
