//! The API as a client meets it: a real library in a folder of its own, asked through the router.

mod app;
mod assets;
mod contract;
mod events;
mod files;
mod keeping;
mod keys;
mod library;
mod local;
mod notary;
mod once;
mod originals;
mod safety;
mod sessions;
mod trash;
mod uploads;
