// SPDX-License-Identifier: MIT
// What the `svix` crate does to verify, with the crates that it uses, and serde_json into structs like sello's.
use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::Sha256;
use std::collections::HashMap;
use std::hint::black_box;
use std::io::{BufRead, Write};

struct Sample {
    body: Vec<u8>,
    key: Vec<u8>,
    headers: HashMap<String, String>,
}

impl Sample {
    fn read(directory: &str, name: &str) -> Option<Sample> {
        let body = std::fs::read(format!("{directory}/{name}.body")).ok()?;
        let secret = std::fs::read_to_string(format!("{directory}/{name}.secret")).ok()?;
        let key = match secret.strip_prefix("whsec_") {
            Some(text) => base64::decode(text).ok()?,
            None => secret.into_bytes(),
        };
        let text = std::fs::read_to_string(format!("{directory}/{name}.headers")).ok()?;
        let headers = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(key, value)| (key.to_lowercase(), value.to_string()))
            .collect();
        Some(Sample { body, key, headers })
    }

    fn is_svix(&self) -> bool {
        self.headers.contains_key("svix-id")
    }

    /// As `Webhook::verify` of the crate svix: the tolerance, the MAC, its text, and each signature in constant time.
    fn verify_svix(&self) -> bool {
        let id = &self.headers["svix-id"];
        let signatures = &self.headers["svix-signature"];
        let Ok(timestamp) = self.headers["svix-timestamp"].parse::<i64>() else { return false };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
        if (now - timestamp).abs() > 300 {
            return false;
        }
        let Ok(payload) = std::str::from_utf8(&self.body) else { return false };
        let to_sign = format!("{id}.{timestamp}.{payload}");
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).unwrap();
        mac.update(to_sign.as_bytes());
        let expected = base64::encode(mac.finalize().into_bytes());
        signatures
            .split(' ')
            .filter_map(|each| each.split_once(','))
            .filter(|(version, _)| *version == "v1")
            .any(|(_, signature)| equal(signature.as_bytes(), expected.as_bytes()))
    }

    fn verify_hex(&self) -> bool {
        let Ok(signature) = hex::decode(&self.headers["x-webhook-signature"]) else { return false };
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).unwrap();
        mac.update(&self.body);
        mac.verify_slice(&signature).is_ok()
    }

    fn verify(&self) -> bool {
        if self.is_svix() { self.verify_svix() } else { self.verify_hex() }
    }
}

fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Akua {
    r#type: String,
    data: Payment,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Payment {
    payment_id: String,
    transaction_id: Option<String>,
    trace_id: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
#[serde(rename_all = "camelCase")]
struct Gu1 {
    event: String,
    timestamp: Option<String>,
    organization_id: Option<String>,
    payload: Validation,
}

#[derive(Deserialize)]
#[allow(dead_code)]
#[serde(rename_all = "camelCase")]
struct Validation {
    validation_id: String,
    entity_id: Option<String>,
    entity: Option<Entity>,
    status: Option<String>,
    decision: Option<Box<RawValue>>,
    extracted_data: Option<Box<RawValue>>,
    verified_fields: Option<Box<RawValue>>,
    warnings: Option<Box<RawValue>>,
    verified_at: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
#[serde(rename_all = "camelCase")]
struct Entity {
    id: Option<String>,
    external_id: Option<String>,
    name: Option<String>,
    r#type: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
#[serde(rename_all = "camelCase")]
struct Kuenta {
    event: String,
    timestamp: Option<String>,
    data: Credit,
}

#[derive(Deserialize)]
#[allow(dead_code)]
#[serde(rename_all = "camelCase")]
struct Credit {
    id: Option<String>,
    amount: Option<Box<RawValue>>,
    term: Option<i64>,
    term_unit: Option<String>,
    status: Option<String>,
    created_at: Option<String>,
}

fn decode(name: &str, body: &[u8]) -> bool {
    match name {
        "akua" => black_box(serde_json::from_slice::<Akua>(body)).is_ok(),
        "gu1" => black_box(serde_json::from_slice::<Gu1>(body)).is_ok(),
        "kuenta" => black_box(serde_json::from_slice::<Kuenta>(body)).is_ok(),
        _ => false,
    }
}

fn thread_nanoseconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn measured(times: usize, work: &dyn Fn() -> bool) -> f64 {
    let begun = thread_nanoseconds();
    for _ in 0..times {
        assert!(black_box(work()), "the contender does not do its work");
    }
    thread_nanoseconds() - begun
}

fn main() {
    let directory = std::env::args().nth(1).expect("a directory");
    let mut samples = HashMap::new();
    let mut times = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (operation, name) = line.split_once(' ').unwrap();
        let sample: &Option<Sample> = samples.entry(name.to_string()).or_insert_with(|| Sample::read(&directory, name));
        let known = matches!(name, "akua" | "gu1" | "kuenta");
        let work: Option<Box<dyn Fn() -> bool>> = match (operation, sample) {
            ("verify", Some(sample)) => Some(Box::new(|| sample.verify())),
            ("decode", Some(sample)) if known => Some(Box::new(|| decode(name, &sample.body))),
            ("receive", Some(sample)) if known => Some(Box::new(|| sample.verify() && decode(name, &sample.body))),
            _ => None,
        };
        match work {
            None => println!("-"),
            Some(work) => {
                let times = *times.entry(line.clone()).or_insert_with(|| {
                    let mut times = 1;
                    while measured(times, &work) < 2e6 {
                        times *= 2;
                    }
                    times
                });
                println!("{:.1}", measured(times, &work) / times as f64);
            }
        }
        std::io::stdout().flush().unwrap();
    }
}
