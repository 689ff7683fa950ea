//! "did you mean …?"

use super::schema::Struct;
use crate::consul_version::ConsulVersion;

/// The candidate closest to what was written, if any is close.
pub(super) fn nearest<'name>(
    written: &str,
    candidates: impl Iterator<Item = &'name str>,
) -> Option<&'name str> {
    let bare = |text: &str| -> String {
        text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = bare(written);
    // Comparing takes time by the product of the lengths; no name is this long.
    if wanted.is_empty() || wanted.len() > 64 {
        return None;
    }
    candidates
        .map(|candidate| {
            let name = bare(candidate);
            let distance = strsim::damerau_levenshtein(&wanted, &name);
            // `ca` and `CAPath` mean CAFile, `certificate` means CertFile.
            let stem = wanted.len().min(name.len()) >= 2
                && (name.starts_with(&wanted) || wanted.starts_with(stem(&name)));
            (if stem { distance.min(name.len() / 3) } else { distance }, name.len(), candidate)
        })
        .filter(|(distance, length, _)| *distance <= length.max(&3) / 3)
        .min_by_key(|(distance, _, _)| *distance)
        .map(|(_, _, candidate)| candidate)
}

/// `cafile` without its `file`.
fn stem(name: &str) -> &str {
    match name.strip_suffix("file") {
        Some(stem) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// What to do about an unknown key.
pub(super) fn key(written: &str, fields: &Struct, version: &ConsulVersion) -> String {
    let known = || fields.fields(version).map(|field| field.name);
    if let Some(later) = fields.fields.iter().find(|field| {
        !version.at_least(1, field.since) && crate::hcl::go_text::equal_fold(field.name, written)
    }) {
        return format!("Consul {version} does not know it; it came with 1.{}", later.since);
    }
    if written == "Hash" {
        return "the HTTP API adds it to its answers: remove it".to_owned();
    }
    if let Some(name) = known().find(|name| crate::hcl::go_text::equal_fold(name, written)) {
        return format!("`{name}` is given in two spellings: write it once");
    }
    if let Some(name) = nearest(written, known()) {
        return format!("did you mean `{name}`?");
    }
    if written.eq_ignore_ascii_case("tls") {
        return "CAFile, CertFile, KeyFile and SNI stand directly in the service".to_owned();
    }
    let settable: Vec<&str> =
        known().filter(|name| !matches!(*name, "CreateIndex" | "ModifyIndex")).collect();
    format!("known here: {}", settable.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_suggested_and_others_are_not() {
        let fields = || ["Namespace", "Name", "CAFile", "CertFile", "KeyFile", "SNI"].into_iter();
        for (written, name) in [
            ("CAFiles", "CAFile"),
            ("ca.file", "CAFile"),
            ("c_a_file", "CAFile"),
            ("CAPath", "CAFile"),
            ("ca", "CAFile"),
            ("CertificateFile", "CertFile"),
            ("key-file", "KeyFile"),
            ("s_n_i", "SNI"),
            ("Nmae", "Name"),
        ] {
            assert_eq!(nearest(written, fields()), Some(name), "{written}");
        }
        for written in ["Colour", "Datacenter", "", "TLS"] {
            assert_eq!(nearest(written, fields()), None, "{written}");
        }
    }
}
