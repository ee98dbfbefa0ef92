//! A page as a browser splits it: its elements and its text, and whether there is anything in it that there is not to be.

use std::collections::BTreeMap;

use html5gum::{Token, Tokenizer};

/// Elements that have no end.
const VOID: [&str; 3] = ["meta", "link", "line"];
const ELEMENTS: [&str; 48] = [
    "a",
    "b",
    "body",
    "circle",
    "code",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "header",
    "html",
    "i",
    "li",
    "line",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pre",
    "rect",
    "script",
    "section",
    "span",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
    "input",
    "label",
    "head",
    "noscript",
];
const ATTRIBUTES: [&str; 33] = [
    "aria-hidden",
    "aria-label",
    "charset",
    "class",
    "content",
    "cx",
    "cy",
    "height",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "r",
    "rel",
    "role",
    "scope",
    "tabindex",
    "text-anchor",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
    "open",
    "type",
    "checked",
    "for",
    "lang",
    "role",
    "id",
];

#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// All text in it.
    pub(crate) text: String,
    /// The elements round it, from the outermost on.
    pub(crate) path: Vec<usize>,
}

#[derive(Debug)]
pub(crate) struct Page(pub(crate) Vec<Element>);

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

impl Page {
    /// Splits a page. Whatever is in it by somebody else's doing is not markup, or this panics.
    pub(crate) fn read(html: &str) -> Self {
        let (mut elements, mut open) = (Vec::<Element>::new(), Vec::<usize>::new());
        for token in Tokenizer::new(html) {
            match token.unwrap() {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    assert!(ELEMENTS.contains(&name.as_str()), "<{name}>");
                    let attributes: BTreeMap<_, _> =
                        tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect();
                    for (attribute, value) in &attributes {
                        assert!(ATTRIBUTES.contains(&attribute.as_str()), "<{name} {attribute}={value}>");
                        assert!(attribute != "href" || value.starts_with('#') || value == "data:,", "{value}");
                    }
                    let is_void = VOID.contains(&name.as_str()) || tag.self_closing;
                    elements.push(Element { name, attributes, text: String::new(), path: open.clone() });
                    if !is_void {
                        open.push(elements.len() - 1);
                    }
                }
                Token::EndTag(tag) => {
                    let (name, at) = (text(&tag.name), open.pop().unwrap());
                    assert_eq!(elements[at].name, name, "each end is that of what began last");
                }
                Token::String(string) => {
                    let string = text(&string);
                    for at in &open {
                        elements[*at].text.push_str(&string);
                    }
                }
                Token::Error(error) => panic!("{error:?}"),
                Token::Doctype(_) | Token::Comment(_) => {}
            }
        }
        assert_eq!(open, [] as [usize; 0], "everything ends");
        Self(elements)
    }

    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = &Element> {
        self.0.iter().filter(move |element| element.name == name)
    }

    pub(crate) fn one(&self, name: &'static str) -> &Element {
        let [one] = self.all(name).collect::<Vec<_>>().try_into().unwrap();
        one
    }

    pub(crate) fn with_id(&self, id: &str) -> &Element {
        let has = |element: &&Element| element.attributes.get("id").is_some_and(|there| there == id);
        self.0.iter().find(has).unwrap_or_else(|| panic!("#{id}"))
    }

    /// The bodies, each as it was before it became a page.
    pub(crate) fn bodies(&self) -> Vec<&str> {
        self.all("pre").map(|element| element.text.strip_prefix('\n').unwrap()).collect()
    }

    /// The cells of each row in a section.
    pub(crate) fn rows(&self, section: &str) -> Vec<Vec<&str>> {
        let is_in = |element: &Element, id: &str| {
            element.path.iter().any(|at| self.0[*at].attributes.get("id").is_some_and(|there| there == id))
        };
        let rows = self.0.iter().enumerate().filter(|(_, element)| element.name == "tr" && is_in(element, section));
        rows.map(|(at, _)| {
            let cells = self.0.iter().filter(|cell| cell.path.last() == Some(&at));
            cells.map(|cell| cell.text.as_str()).collect()
        })
        .collect()
    }

    /// What the page's policy says, and the digests of its style and script.
    pub(crate) fn policy(&self) -> (&str, String, Option<String>) {
        let policy = self.all("meta").find(|meta| meta.attributes.contains_key("http-equiv")).unwrap();
        let script = self.all("script").next().map(|script| digest(&script.text));
        (&policy.attributes["content"], digest(&self.one("style").text), script)
    }
}

fn digest(text: &str) -> String {
    use sha2::Digest as _;
    let bytes = sha2::Sha256::digest(text);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut base64 = String::from("sha256-");
    for chunk in bytes.chunks(3) {
        let all = (0..3).fold(0_u32, |all, at| all << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4_usize {
            let letter = letters[(all >> (18 - 6 * at) & 63) as usize];
            base64.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    base64
}
