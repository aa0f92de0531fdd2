//! The real binary, as people run it: imports, searches, kills, bad starts. Few tests, because each starts
//! processes; what can be tested lower is.

mod backup;
mod contract;
mod crash;
mod encrypted;
mod faults;
mod kept;
mod power;
mod refusals;
mod run;
mod served;
mod siege;
mod telemetry;
mod tls;
