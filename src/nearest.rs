//! "did you mean …?"

/// The candidate closest to what was written, if any is close.
pub fn nearest<'name>(written: &str, candidates: impl Iterator<Item = &'name str>) -> Option<&'name str> {
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
