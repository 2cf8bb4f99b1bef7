package com.example;

import java.util.List;
import java.util.regex.Pattern;

@CrossOrigin(origins = {"https://a.example.com", "https://b.example.com"}, allowCredentials = "true")
class Shop {
    private static final List<String> KNOWN = List.of("https://x.example.com", "https://y.example.com");
    private static final Pattern PATTERN = Pattern.compile("https://.*\\.example\\.com", Pattern.CASE_INSENSITIVE);

    void addCorsMappings(CorsRegistry registry) {
        registry.addMapping("/api/**")
            .allowedOrigins("https://shop.example.com", "https://admin.example.com")
            .allowedOriginPatterns("https://*.example.com")
            .allowCredentials(true);
        registry.addMapping("/all").allowedOrigins("*");
    }

    void configure(CorsConfiguration configuration) {
        configuration.setAllowedOriginPatterns(Arrays.asList("https://*.example.org", "https://[*].example.net:[*]"));
        configuration.addAllowedOrigin(System.getenv("ORIGIN"));
    }

    void filter(HttpServletRequest request, HttpServletResponse response) {
        String origin = request.getHeader("Origin");
        if (KNOWN.contains(origin) || origin.endsWith("example.com") || PATTERN.matcher(origin).matches()) {
            response.setHeader("Access-Control-Allow-Origin", origin);
        } else if (origin.matches("https://[a-z]+\\.example\\.net") || "https://z.example".equals(origin)) {
            response.setHeader("Access-Control-Allow-Origin", origin);
        }
    }
}

@CrossOrigin
class Open {
}

@CrossOrigin("https://one.example.com")
class One {
}
