//! The description of the API (OpenAPI 3.1), made from the handlers. What holds for every operation (who may
//! call, how a failure looks) is written here once and added to each.

use axum::http::StatusCode;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        ComponentsBuilder, Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    accounts, assets, backups, caller::SESSION_COOKIE, check, erase, events, face::Face, fields, files,
    folders, jobs, keys, notary, originals, pictures, places, problem::MEDIA_TYPE, quarantine, session,
    setup, status, suggest, trash, undo, uploads, versions, wire::problem::ProblemView,
};

/// What is said of the whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Damask",
        description = "Find, look at, bring in, edit and deliver the assets of a library. Times are RFC 3339, ids \
            are UUIDs, failures are problem details (RFC 9457) with a stable `code`. See docs/guide/api.md.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "assets", description = "Find, look at and edit assets"),
        (name = "pictures", description = "Renditions by recipe"),
        (name = "folders", description = "The home tree"),
        (name = "fields", description = "What can be said of an asset"),
        (name = "uploads", description = "Bring in files: tus 1.0.0 or a plain PUT"),
        (name = "jobs", description = "Work behind the requests"),
        (name = "notary", description = "What was signed, proofs of it, and erasing what is known of a person"),
        (name = "keys", description = "API keys"),
        (name = "session", description = "Signing in"),
        (name = "places", description = "Where originals are kept, and whether their bytes are still right"),
        (name = "backups", description = "Copies of the whole library in a place apart"),
        (name = "status", description = "How the library stands, and what happens"),
    ),
    components(schemas(ProblemView)),
    security(("session" = []), ("key" = [])),
    modifiers(&Credentials)
)]
struct Api;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            SESSION_COOKIE,
            "Made by signing in. A request that changes something must also come from Damask's own page.",
        ));
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("dmk_…")
            .description(Some("An API key"))
            .build();
        let components = api.components.get_or_insert_with(|| ComponentsBuilder::new().build());
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("key", SecurityScheme::Http(key));
    }
}

/// Handlers that end soon and read small bodies, with their descriptions.
pub fn quick() -> OpenApiRouter<Face> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(assets::routes())
        .merge(folders::routes())
        .merge(fields::routes())
        .merge(suggest::routes())
        .merge(jobs::routes())
        .merge(quarantine::routes())
        .merge(keys::routes())
        .merge(session::routes())
        .merge(setup::routes())
        .merge(status::routes())
        .merge(notary::routes())
        .merge(places::routes())
        .merge(accounts::routes())
        .merge(erase::routes())
        .merge(trash::routes())
        .merge(undo::routes())
        .merge(versions::routes())
}

/// Handlers that take as long as the bytes take.
pub fn long() -> OpenApiRouter<Face> {
    OpenApiRouter::new()
        .merge(backups::routes())
        .merge(check::routes())
        .merge(originals::routes())
        .merge(pictures::routes())
        .merge(uploads::routes())
        .merge(files::routes())
        .merge(quarantine::long_routes())
        .merge(events::routes())
}

/// The description with what holds for every operation.
pub fn finished(mut api: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let paths = std::mem::take(&mut api.paths.paths);
    for (path, mut item) in paths {
        for operation in operations(&mut item) {
            add_refusals(operation);
            say_bytes(operation);
        }
        // axum writes a parameter that may hold slashes with a star; OpenAPI has no sign for it.
        api.paths.paths.insert(path.replace("{*", "{"), item);
    }
    api
}

/// The description as pretty JSON: what `/api/openapi.json` serves and `web/openapi.json` keeps.
pub fn openapi() -> String {
    let (_, api) = quick().merge(long()).split_for_parts();
    let mut text = finished(api).to_pretty_json().expect("the description has only text and numbers");
    text.push('\n');
    text
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.options,
        &mut item.head,
        &mut item.patch,
    ]
    .into_iter()
    .filter_map(Option::as_mut)
}

/// Every operation can be misread, and those that ask who calls can refuse. Failures are problems.
fn add_refusals(operation: &mut Operation) {
    let public = operation.security.as_ref().is_some_and(|security| !security.is_empty());
    let mut usual = vec![(400, "The request cannot be read")];
    if !public {
        usual.extend([(401, "Who calls is not known"), (403, "The caller may not do this")]);
    }
    let responses = &mut operation.responses.responses;
    for (status, description) in usual {
        responses
            .entry(status.to_string())
            .or_insert_with(|| ResponseBuilder::new().description(description).build().into());
    }
    responses
        .entry("default".to_owned())
        .or_insert_with(|| ResponseBuilder::new().description("Any other failure").build().into());
    for (status, response) in responses.iter_mut() {
        let fails = status == "default"
            || status.parse().is_ok_and(|status: u16| status >= StatusCode::BAD_REQUEST.as_u16());
        if let RefOr::T(response) = response
            && fails
        {
            say_problem(response);
        }
    }
}

/// Media types of bodies that are bytes of a file.
const BYTES: [&str; 3] = ["*/*", "application/octet-stream", "application/offset+octet-stream"];

/// Bytes have a media type and no schema (OpenAPI 3.1, 4.8.14.3): whatever a file holds is lawful.
fn say_bytes(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.iter_mut().for_each(without_schema);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.iter_mut().for_each(without_schema);
    }
}

fn without_schema((media_type, content): (&String, &mut RefOr<Content>)) {
    if let RefOr::T(content) = content
        && BYTES.contains(&media_type.as_str())
    {
        content.schema = None;
    }
}

fn say_problem(response: &mut Response) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    response.content.insert(MEDIA_TYPE.to_owned(), RefOr::T(problem));
}
