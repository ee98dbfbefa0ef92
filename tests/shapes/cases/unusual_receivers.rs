use std::ops::Deref;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

#[derive(Debug, Default)]
struct Text(String);

impl Text {
    #[tracked]
    fn arc_ref(self: &Arc<Self>) -> Result<Arc<Self>, usize> {
        if self.0.is_empty() { Err(Arc::strong_count(self)) } else { Ok(Arc::clone(self)) }
    }
    #[tracked]
    fn pinned_box(self: Pin<Box<Self>>) -> Result<Pin<Box<dyn std::fmt::Debug>>, ()> {
        Ok(self)
    }
    #[tracked]
    fn pinned_ref<'a>(self: Pin<&'a Self>, _other: &str) -> Result<&'a str, ()> {
        Ok(&self.get_ref().0)
    }
    #[tracked]
    fn nested(self: Rc<Box<Self>>) -> Option<String> {
        Rc::into_inner(self).map(|text| text.0)
    }
    #[tracked]
    fn mutable(mut self: Box<Self>) -> Result<Box<Self>, Box<Self>> {
        self.0.push('!');
        if self.0.len() > 3 { Err(self) } else { Ok(self) }
    }
    #[tracked]
    async fn through_arc(self: Arc<Self>, _: &str) -> Result<usize, String> {
        let length = std::future::ready(self.0.len()).await;
        (length > 0).then_some(length).ok_or_else(|| self.0.deref().to_owned())
    }
}

fn main() {
    let text = || Text("ab".to_owned());
    println!("{:?} {:?}", Arc::new(text()).arc_ref(), Arc::new(Text::default()).arc_ref());
    println!(
        "{:?} {:?} {:?}",
        Box::pin(text()).pinned_box(),
        pin!(text()).as_ref().pinned_ref(""),
        Rc::new(Box::new(text())).nested()
    );
    println!("{:?} {:?}", Box::new(text()).mutable(), Box::new(text()).mutable().unwrap().mutable());
    println!("{:?}", futures::executor::block_on(Arc::new(text()).through_arc("")));
}
