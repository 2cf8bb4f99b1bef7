@CrossOrigin("https://a.example.com")
class A {
    /* registry.allowedOrigins("https://b.example.com");
}
