use std::any::{type_name, type_name_of_val};

#[tracked]
fn closures() -> Result<(&'static str, &'static str), String> {
    let first = || 1;
    let second = move |n: u8| n;
    Ok((type_name_of_val(&first), type_name_of_val(&second)))
}

struct Local;

impl Local {
    #[tracked]
    fn nested(&self) -> Result<&'static str, String> {
        struct Inside;
        fn item() {}
        let _ = type_name_of_val(&item);
        if type_name::<Inside>().is_empty() {
            return Err(String::new());
        }
        Ok(type_name::<Inside>())
    }
}

#[tracked]
async fn future() -> Result<&'static str, String> {
    let inner = async { 1 };
    let name = type_name_of_val(&inner);
    inner.await;
    Ok(name)
}

#[tracked]
fn here() -> (&'static str, u32, u32, &'static str) {
    (module_path!(), line!(), column!(), file!())
}

fn main() {
    println!("{:?} {:?} {:?}", closures(), Local.nested(), here());
    println!("{} {}", type_name_of_val(&closures), type_name_of_val(&Local::nested));
    println!("{} {:?}", type_name_of_val(&future()), futures::executor::block_on(future()));
}
