//! Integration tests, a file a feature.

mod descriptors;
