// One engine of tests/prove: java.util.regex. Protocol: engines/README.md.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Engine {
    static String text(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    }

    static int flags(String letters) {
        int all = 0;
        for (char letter : letters.toCharArray())
            all |= letter == 'i' ? Pattern.CASE_INSENSITIVE : letter == 'm' ? Pattern.MULTILINE
                : letter == 's' ? Pattern.DOTALL : letter == 'x' ? Pattern.COMMENTS : 0;
        return all;
    }

    static String answer(String line) {
        String[] part = line.split("\t", -1);
        Pattern pattern;
        try {
            pattern = Pattern.compile(text(part[2]), flags(part[1]));
        } catch (IllegalArgumentException | StackOverflowError error) {
            return "error " + String.valueOf(error.getMessage()).replaceAll("[\r\n]", " ");
        }
        StringBuilder bits = new StringBuilder();
        for (String subject : part[3].split(",", -1))
            bits.append(bit(part[0], pattern.matcher(text(subject))));
        return bits.toString();
    }

    static char bit(String how, Matcher match) {
        try {
            boolean found = how.equals("search") ? match.find()
                : how.equals("prefix") ? match.lookingAt() : match.matches();
            return found ? '1' : '0';
        } catch (RuntimeException | StackOverflowError error) {
            return '?'; // a bug of java.util.regex, or a text that is too much for it
        }
    }

    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in));
        var out = System.out;
        for (String line; (line = in.readLine()) != null; out.flush())
            out.print(answer(line) + "\n");
    }
}
