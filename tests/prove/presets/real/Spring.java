// java -cp CLASSPATH Spring.java PRESET [--credentials] STRING...: Spring's CorsConfiguration with
// these allowedOrigins, asked for what it would send. Speaks the protocol of fuzz/protocol.md.
// CLASSPATH is Debian's libspring-web-java, libspring-core-java, libcommons-logging-java and the
// servlet API.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.cors.CorsConfiguration;

public class Spring {
    static String unescape(String line) {
        Matcher escape = Pattern.compile("\\\\(\\\\|x..)").matcher(line);
        StringBuilder out = new StringBuilder();
        while (escape.find()) {
            String what = escape.group(1);
            char byteValue = what.equals("\\") ? '\\'
                : (char) Integer.parseInt(what.substring(1), 16);
            escape.appendReplacement(out, Matcher.quoteReplacement(String.valueOf(byteValue)));
        }
        return escape.appendTail(out).toString();
    }

    static String escape(String value) {
        StringBuilder out = new StringBuilder();
        for (char c : value.toCharArray()) {
            boolean plain = c >= ' ' && c <= '~' && c != '\\';
            String other = c == '\\' ? "\\\\" : String.format("\\x%02x", c & 255);
            out.append(plain ? String.valueOf(c) : other);
        }
        return out.toString();
    }

    public static void main(String[] arguments) throws Exception {
        List<String> origins = new ArrayList<>(Arrays.asList(arguments));
        origins.remove(0);
        boolean credentials = origins.remove("--credentials");
        CorsConfiguration configuration = new CorsConfiguration();
        configuration.setAllowedOrigins(origins);
        configuration.setAllowCredentials(credentials);
        InputStreamReader bytes = new InputStreamReader(System.in, StandardCharsets.ISO_8859_1);
        BufferedReader in = new BufferedReader(bytes);
        System.out.println("corsim-validator 1");
        for (String line; (line = in.readLine()) != null;) {
            String value = configuration.checkOrigin(unescape(line));
            String tail = credentials ? "\tcredentials" : "";
            System.out.println(value == null ? "-" : escape(value) + tail);
            System.out.flush();
        }
    }
}
