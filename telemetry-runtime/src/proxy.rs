//! Which proxy a request goes through: the variables that curl and most tools go by.

use ureq::Proxy;
use ureq::http::Uri;

/// The proxy for a URL, by the variables that `var` reads; `None` where the request is to go straight.
///
/// `https_proxy` or `http_proxy` by the URL's scheme, else `all_proxy`; small letters before capitals, and an empty value is none.
/// `no_proxy` lists hosts, with all below them, or `*`. ureq's own reading is another: there `ALL_PROXY` comes first, the scheme does not
/// count, and what cannot be read is passed over.
///
/// # Errors
///
/// What is wrong with the variable, without its value, which may hold a password. Nothing is to be sent then: whoever set a proxy does
/// not want to be seen without it.
pub(crate) fn of(url: &Uri, var: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, String> {
    let is_https = url.scheme_str() == Some("https");
    // In a CGI script `HTTP_PROXY` is what a visitor sent as the header `Proxy` (CVE-2016-5385).
    let is_cgi = var("REQUEST_METHOD").is_some();
    let names: &[&str] = match (is_https, is_cgi) {
        (true, _) => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        (false, false) => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        (false, true) => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    let read = |name: &&'static str| Some((*name, var(name)?.trim().to_owned())).filter(|(_, value)| !value.is_empty());
    let Some((name, value)) = names.iter().find_map(read) else {
        return Ok(None);
    };
    let none = var("no_proxy").or_else(|| var("NO_PROXY")).unwrap_or_default();
    if url.host().is_some_and(|host| is_listed(host, &none)) {
        return Ok(None);
    }
    let proxy = Proxy::new(&value).ok().filter(|proxy| !proxy.host().is_empty());
    proxy.map(Some).ok_or_else(|| format!("the proxy in {name} cannot be used"))
}

/// Whether a host, or a domain that it is in, is in a list as `no_proxy` has it.
fn is_listed(host: &str, list: &str) -> bool {
    let bare = |host: &str| host.trim_start_matches('[').trim_end_matches([']', '.']).to_ascii_lowercase();
    let host = bare(host);
    list.split([',', ' ', '\t']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let domain = bare(entry.trim_start_matches('*').trim_start_matches('.'));
        let below = host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        entry == "*" || !domain.is_empty() && below
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_vars(url: &str, vars: &[(&str, &str)]) -> Result<Option<String>, String> {
        let var = |name: &str| vars.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        of(&url.parse().unwrap(), var)
            .map(|proxy| proxy.map(|proxy| format!("{} {}:{}", proxy.protocol(), proxy.host(), proxy.port())))
    }

    #[test]
    fn the_scheme_chooses_the_variable() {
        let all = [("HTTP_PROXY", "plain:1"), ("https_proxy", "http://me:secret@safe:2/"), ("ALL_PROXY", "any:3")];
        assert_eq!(of_vars("http://there/", &all), Ok(Some("HTTP plain:1".into())));
        assert_eq!(of_vars("https://there/", &all), Ok(Some("HTTP safe:2".into())));
        assert_eq!(of_vars("https://there/", &all[..1]), Ok(None));
        assert_eq!(of_vars("https://there/", &all[2..]), Ok(Some("HTTP any:3".into())));
        assert_eq!(of_vars("http://there/", &[("http_proxy", "small:1"), all[0]]), Ok(Some("HTTP small:1".into())));
        assert_eq!(of_vars("http://there/", &[("http_proxy", " "), all[2]]), Ok(Some("HTTP any:3".into())));
        assert_eq!(
            of_vars("http://there/", &[("all_proxy", "socks5h://tor:9050")]),
            Ok(Some("SOCKS5h tor:9050".into()))
        );
        assert_eq!(of_vars("http://there/", &[("REQUEST_METHOD", "GET"), all[0]]), Ok(None));
        assert_eq!(of_vars("http://there/", &[]), Ok(None));
    }

    #[test]
    fn hosts_that_are_listed_are_asked_directly() {
        for list in ["*", "there.org", "There.ORG", "other, .org", "a.b\t.there.org", "*.there.org", "org."] {
            let vars = [("ALL_PROXY", "any:3"), ("NO_PROXY", list)];
            assert_eq!(of_vars("http://www.there.org:8080/x", &vars), Ok(None), "{list}");
        }
        for list in ["", ",", ".", "here.org", "ww.there.org", "www.there.org.uk", "w"] {
            let vars = [("ALL_PROXY", "any:3"), ("no_proxy", list), ("NO_PROXY", "*")];
            assert_eq!(of_vars("http://www.there.org/", &vars), Ok(Some("HTTP any:3".into())), "{list}");
        }
        assert_eq!(of_vars("http://[::1]:80/", &[("ALL_PROXY", "any:3"), ("NO_PROXY", "::1")]), Ok(None));
        assert_eq!(of_vars("http://127.0.0.1/", &[("ALL_PROXY", "any:3"), ("NO_PROXY", "127.0.0.1")]), Ok(None));
    }

    #[test]
    fn what_is_no_proxy_is_named_without_its_value() {
        for value in
            ["http://", "me:secret@", "ftp://secret/", "secret secret", "http://:80", "\u{e9}", "http://a:%ff@b"]
        {
            let said = of_vars("http://there/", &[("HTTP_PROXY", value)]);
            assert_eq!(said, Err("the proxy in HTTP_PROXY cannot be used".into()), "{value}");
        }
    }
}
