use std::cmp::Ordering;
use std::fmt::{self, Debug, Formatter};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;

#[derive(Clone)]
struct Version(u8, u8);

impl FromStr for Version {
    type Err = <u8 as FromStr>::Err;
    #[tracked]
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self(major.parse()?, minor.parse()?))
    }
}

impl TryFrom<i32> for Version {
    type Error = String;
    #[tracked]
    fn try_from(n: i32) -> Result<Version, <Self as TryFrom<i32>>::Error> {
        u8::try_from(n).map(|major| Version(major, 0)).map_err(|error| error.to_string())
    }
}

impl Debug for Version {
    #[tracked]
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.debug_tuple("Version").field(&self.0).field(&self.1).finish()
    }
}

impl PartialEq for Version {
    #[tracked]
    fn eq(&self, Version(major, minor): &Self) -> bool {
        self.0 == *major && self.1 == *minor
    }
}

impl PartialOrd for Version {
    #[tracked]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.0.cmp(&other.0).then_with(|| self.1.cmp(&other.1)))
    }
}

impl Hash for Version {
    #[tracked]
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0, self.1).hash(state)
    }
}

fn main() {
    let (one, two): (Version, _) = ("1.2".parse().unwrap(), Version::try_from(2).unwrap());
    println!("{one:?} {:?} {:?} {:?}", "1.x".parse::<Version>(), Version::try_from(999), one.partial_cmp(&two));
    let hash = |version: &Version| {
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        hasher.finish()
    };
    println!("{} {} {}", one == two, one < two, hash(&one) == hash(&one.clone()));
}
