//! How large an answer may be, and how much memory its values may need.
//!
//! | answer | at most | and at most as much memory once read, by the estimate of `check` |
//! |---|---|---|
//! | lists of instances, nodes and linked services | 256 MiB | 1 GiB |
//! | every other one | 64 MiB | 256 MiB |

/// The limits of an answer, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    pub body: usize,
    /// Of the values in it.
    values: usize,
}

/// Smaller bodies are not looked at: whatever is in them is small, too.
const SMALL: usize = 4 << 20;
/// What an object, an array and any other value may take once they are read.
const OBJECT: usize = 256;
const ARRAY: usize = 64;
const VALUE: usize = 32;

impl Limit {
    /// Of an answer; `grows` is for those that grow with the number of instances.
    pub fn of(grows: bool) -> Self {
        if grows {
            Self { body: 256 << 20, values: 1 << 30 }
        } else {
            Self { body: 64 << 20, values: 256 << 20 }
        }
    }

    /// Fails for a body that is small beside the values in it, such as `[{},{},…]`.
    pub fn check(self, body: &[u8]) -> Result<(), String> {
        if body.len() <= SMALL {
            return Ok(());
        }
        let estimate: usize = body
            .iter()
            .map(|byte| match byte {
                b'{' => OBJECT,
                b'[' => ARRAY,
                b',' => VALUE,
                _ => 0,
            })
            .sum();
        if estimate <= self.values {
            return Ok(());
        }
        Err(format!(
            "it is {} MiB with so many values that they need more than {} MiB of memory",
            body.len() >> 20,
            self.values >> 20
        ))
    }

    /// Says that a body is too large.
    pub fn exceeded(self) -> String {
        format!("it is larger than {} MiB", self.body >> 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_instances_may_be_larger() {
        assert!(Limit::of(true).body > Limit::of(false).body);
    }

    #[test]
    fn too_many_small_values_are_refused_and_real_answers_are_accepted() {
        let limit = Limit::of(false);
        let repeated = |item: &str, bytes: usize| item.repeat(bytes / item.len()).into_bytes();
        assert!(limit.check(&repeated("{},", SMALL)).is_ok());
        assert!(limit.check(&repeated("{},", 32 << 20)).is_err());
        assert!(limit.check(&repeated("1,", 32 << 20)).is_err());
        assert!(limit.check(&repeated("[],", 32 << 20)).is_err());
        let entry = r#"{"Kind":"service-defaults","Name":"payments-api","Protocol":"http","MeshGateway":{},"Expose":{},
            "CreateIndex":10000,"ModifyIndex":10000},"#;
        assert!(limit.check(&repeated(entry, 32 << 20)).is_ok());
        assert!(limit.check(&vec![b'a'; 60 << 20]).is_ok());
    }
}
