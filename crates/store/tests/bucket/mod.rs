//! Buckets of the server that the test run has started, and what lies in them seen without the store.

use std::time::Duration;

use damask_store::{Bucket, Secret, StoreKey};
use damask_testkit::{S3_KEY, s3_prefix};
use object_store::{ObjectStoreExt as _, aws::AmazonS3Builder, path::Path};

/// A part of its own of this bucket.
pub fn bucket_at(address: &str, name: &str) -> Bucket {
    Bucket {
        endpoint: Some(address.to_owned()),
        name: name.to_owned(),
        prefix: s3_prefix(),
        region: Bucket::USUAL_REGION.to_owned(),
        access_key: S3_KEY.0.to_owned(),
        secret_key: Secret::new(S3_KEY.1.to_owned()),
        cache_bytes_max: 64 << 20,
        patience: Duration::from_secs(10),
    }
}

/// Changes what lies in the bucket.
pub fn change(bucket: &Bucket, key: &StoreKey, change: impl FnOnce(&mut Vec<u8>)) {
    let client = AmazonS3Builder::new()
        .with_endpoint(bucket.endpoint.clone().unwrap())
        .with_allow_http(true)
        .with_bucket_name(&bucket.name)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(bucket.secret_key.tell())
        .build()
        .unwrap();
    let name = Path::from(format!("{}/{key}", bucket.prefix));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut bytes = client.get(&name).await.unwrap().bytes().await.unwrap().to_vec();
        change(&mut bytes);
        client.put(&name, bytes.into()).await.unwrap();
    });
}
