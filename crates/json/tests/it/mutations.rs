//! What the fuzz target `json` does, for a bounded time and with the same inputs every time.
use crate::property::holds;
use crate::strategy::json;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

const SEEDS: [&str; 8] = [
    r#"{"resourceType":"Patient","id":"1","name":[{"family":"山田","given":["太郎"]}],"birthDate":"1958-03-14"}"#,
    r#"{"value":72.50,"low":1.00E-2,"high":-0.0e+5,"n":[0,-1,1e400]}"#,
    r#"["\u3042","\ud83d\ude00","\"\\\/\b\f\n\r\t"]"#,
    r#"[{"op":"add","path":"/a/-","value":{"b":[1]}},{"op":"move","from":"/a","path":"/b"},{"op":"test","path":"/~0~1","value":null}]"#,
    r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":17,"r":18}"#,
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "{\n \"x\" : [ true , false , null ] ,\r\n\t\"y\" : { } }",
    "\"0123456789abcdef0123456789abcdef\"",
];

#[derive(Clone, Debug)]
enum Mutation {
    Replace(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Repeat(usize, usize),
    Cut(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = prop_oneof![
        3 => prop::sample::select(b"\"\\{}[]:,-+.eE0123456789utfn \n\t/".to_vec()),
        1 => any::<u8>(),
    ];
    prop_oneof![
        (any::<usize>(), byte.clone()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<usize>(), byte).prop_map(|(at, byte)| Mutation::Insert(at, byte)),
        any::<usize>().prop_map(Mutation::Remove),
        (any::<usize>(), 1usize..40).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        any::<usize>().prop_map(Mutation::Cut),
    ]
}

fn mutate(mut text: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for one in mutations {
        if text.is_empty() {
            break;
        }
        let length = text.len();
        match *one {
            Mutation::Replace(at, byte) => text[at % length] = byte,
            Mutation::Insert(at, byte) => text.insert(at % length, byte),
            Mutation::Remove(at) => {
                text.remove(at % length);
            }
            Mutation::Repeat(at, count) => {
                let from = at % length;
                let piece: Vec<u8> = text.iter().skip(from).take(count).copied().collect();
                text.splice(from..from, piece);
            }
            Mutation::Cut(at) => text.truncate(at % (length + 1)),
        }
    }
    text
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_122),
        ..ProptestConfig::default()
    })
}

#[test]
fn mutated_documents_are_read_exactly_or_refused_with_a_place() {
    let seeds = prop::sample::select(SEEDS.to_vec());
    let input = (seeds, prop::collection::vec(mutation(), 1..6));
    runner(8_000)
        .run(&input, |(seed, mutations)| {
            holds(&mutate(seed.as_bytes().to_vec(), &mutations));
            Ok(())
        })
        .unwrap();
}

#[test]
fn mutated_random_documents_are_read_exactly_or_refused_with_a_place() {
    let input = (json(), prop::collection::vec(mutation(), 1..4));
    runner(1_000)
        .run(&input, |(text, mutations)| {
            holds(&mutate(text.into_bytes(), &mutations));
            Ok(())
        })
        .unwrap();
}

#[test]
fn random_bytes_are_read_exactly_or_refused_with_a_place() {
    runner(3_000)
        .run(&prop::collection::vec(any::<u8>(), 0..64), |bytes| {
            holds(&bytes);
            Ok(())
        })
        .unwrap();
}
