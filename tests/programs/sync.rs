//! The quickstart does its work: a model of how to use a library is no model if the program itself is a sham.

use crate::machine::Machine;

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn tables_become_json_lines_and_rows_that_do_not_fit_are_set_aside() {
    let machine = Machine::new();
    machine.write([
        (
            "data/people.csv",
            "id,name,postcode,height,member,note\n\
             1,Ada,007,1.65,true,\n\
             2,\"Hopper, Grace\",12345,1.7,false,\n\
             3,Linus\n\
             4,Edsger,99,1.80,true,,surplus\n",
        ),
        (
            "data/pets.json",
            r#"[{"name": "Rex", "age": 3}, {"name": "Tom"}, {"name": "Ida", "age": null}, 7,
                {"name": "Eve", "age": [1]}, {"name": "Bo", "age": 1.5, "colour": "red"}]"#,
        ),
        ("data/readme.txt", "not a table"),
    ]);

    let run = machine.run("sync data out --show none");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        lines(&run.stdout),
        [
            "people               csv       2 rows      2 bad",
            "pets                 json      2 rows      4 bad",
            "Wrote 2 tables to out; bad rows are in *.rejected.jsonl.",
        ]
    );
    assert_eq!(machine.list("out"), ["people.jsonl", "people.rejected.jsonl", "pets.jsonl", "pets.rejected.jsonl"]);
    assert_eq!(
        lines(&machine.read("out/people.jsonl")),
        [
            r#"{"height":1.65,"id":1,"member":true,"name":"Ada","note":null,"postcode":"007"}"#,
            r#"{"height":1.7,"id":2,"member":false,"name":"Hopper, Grace","note":null,"postcode":"12345"}"#,
        ]
    );
    assert_eq!(
        lines(&machine.read("out/people.rejected.jsonl")),
        [
            r#"{"place":"line 4","reason":"has 2 cells, the header has 6","row":["3","Linus"]}"#,
            r#"{"place":"line 5","reason":"has 7 cells, the header has 6","row":["4","Edsger","99","1.80","true","","surplus"]}"#,
        ]
    );
    assert_eq!(lines(&machine.read("out/pets.jsonl")), [r#"{"age":3,"name":"Rex"}"#, r#"{"age":null,"name":"Ida"}"#]);
    assert_eq!(
        lines(&machine.read("out/pets.rejected.jsonl")),
        [
            r#"{"place":"item 2","reason":"has no `age`","row":{"name":"Tom"}}"#,
            r#"{"place":"item 4","reason":"is not an object","row":7}"#,
            r#"{"place":"item 5","reason":"`age` is not a single value","row":{"age":[1],"name":"Eve"}}"#,
            r#"{"place":"item 6","reason":"has `colour`, which the first object has not","row":{"age":1.5,"colour":"red","name":"Bo"}}"#,
        ]
    );
}

#[test]
fn the_sample_that_it_brings_has_rows_of_both_kinds() {
    let machine = Machine::new();
    assert_eq!(machine.run("init data --show none").code, Some(0));
    let run = machine.run("sync data out --show none");
    assert_eq!(
        lines(&run.stdout)[..3],
        [
            "customers            csv       5 rows      1 bad",
            "orders               csv       6 rows      1 bad",
            "products             json      3 rows      2 bad",
        ]
    );
}

#[test]
fn columns_have_the_kind_that_their_cells_share() {
    let machine = Machine::new();
    machine.write([
        ("data/a.csv", "n,x,t,b,e,big,code\n1,1,x,true,,12345678901234567890,-0\n-2,2.5,2,false,,1,+1\n"),
        ("data/b.json", r#"[{"n": 1, "m": 1}, {"n": 2.5, "m": "x"}]"#),
    ]);
    let run = machine.run("tables data --show none");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        lines(&run.stdout),
        [
            "a (csv, 2 rows, 0 bad)",
            "  n                    integer",
            "  x                    number",
            "  t                    text",
            "  b                    boolean",
            "  e                    empty",
            "  big                  text",
            "  code                 text",
            "b (json, 2 rows, 0 bad)",
            "  m                    mixed",
            "  n                    number",
        ]
    );
}

#[test]
fn what_cannot_be_synced_is_an_error_that_says_why() {
    let cases: [(&'static str, &[u8], &str); 9] = [
        ("data/a.csv", b"", "data/a.csv: broken header: there is none"),
        ("data/a.csv", b"id,,name\n1,2,3\n", "data/a.csv: broken header: column 2 has no name"),
        ("data/a.csv", b"id, \n1,2\n", "data/a.csv: broken header: column 2 has no name"),
        ("data/a.csv", b"id,name,id\n1,2,3\n", "data/a.csv: broken header: two columns are called `id`"),
        ("data/a.json", b"{}", "data/a.json: is not an array of objects"),
        ("data/a.json", b"[]", "data/a.json: has no first object that could name the columns"),
        ("data/a.json", b"[{}]", "data/a.json: broken header: there is none"),
        ("data/a.json", b"[{\"\": 1}]", "data/a.json: broken header: column 1 has no name"),
        ("data/a.txt", b"id\n1\n", "no .csv or .json file in data"),
    ];
    for (path, content, message) in cases {
        let machine = Machine::new();
        machine.write([(path, content)]);
        let run = machine.run("sync data out --show none");
        assert_eq!((run.code, run.stderr), (Some(1), format!("error: {message}\n")));
        assert_eq!(run.stdout, "", "{message}");
    }
}

#[test]
fn two_files_never_share_an_output() {
    for (one, other, name) in
        [("data/a.csv", "data/a.json", "a.jsonl"), ("data/a.csv", "data/a.rejected.csv", "a.rejected.jsonl")]
    {
        let machine = Machine::new();
        machine.write([(one, "id\n1\n"), (other, "id\n1\n")]);
        let run = machine.run("sync data out --show none");
        let message = format!("error: two files of data would both be written to {name}\n");
        assert_eq!((run.code, run.stderr), (Some(1), message));
        assert!(!machine.work().join("out").exists());
    }
}

#[test]
fn rows_that_are_not_text_are_set_aside() {
    let machine = Machine::new();
    machine.write([("data/A.CSV", b"id,name\n1,Ada\n2,\xff\xfe\n3,Grace\n")]);
    let run = machine.run("sync data out --show none");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(lines(&machine.read("out/A.jsonl")), [r#"{"id":1,"name":"Ada"}"#, r#"{"id":3,"name":"Grace"}"#]);
    assert_eq!(
        lines(&machine.read("out/A.rejected.jsonl")),
        ["{\"place\":\"line 3\",\"reason\":\"is not UTF-8\",\"row\":[\"2\",\"\u{fffd}\u{fffd}\"]}"]
    );
}

#[test]
fn a_second_sync_replaces_the_first_ones_files() {
    let machine = Machine::new();
    machine.write([("data/a.csv", "id,name\n1,Ada\n2\n")]);
    machine.run("sync data out --show none");
    assert_eq!(machine.list("out"), ["a.jsonl", "a.rejected.jsonl"]);

    machine.write([("data/a.csv", "id,name\n7,Grace\n")]);
    machine.run("sync data out --show none");
    assert_eq!(machine.list("out"), ["a.jsonl"], "nothing was rejected this time");
    assert_eq!(machine.read("out/a.jsonl"), "{\"id\":7,\"name\":\"Grace\"}\n");
}

#[test]
fn init_touches_no_folder_that_exists() {
    let machine = Machine::new();
    machine.write([("data/customers.csv", "mine")]);
    let run = machine.run("init data --show none");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.starts_with("error: cannot create the folder data: "), "{run:?}");
    assert_eq!(machine.list("data"), ["customers.csv"]);
    assert_eq!(machine.read("data/customers.csv"), "mine");
}
