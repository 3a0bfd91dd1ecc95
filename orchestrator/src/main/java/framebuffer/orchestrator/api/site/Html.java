package framebuffer.orchestrator.api.site;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Pieces of HTML. What comes from the document is text, and is escaped. */
final class Html {
    private Html() {
    }

    static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** Text in which words between backticks are code, without a paragraph around it. */
    static String line(String markdown) {
        String[] parts = markdown.strip().split("`", -1);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            line.append(i % 2 == 0 ? text(parts[i]) : code(parts[i]));
        }
        return line.toString();
    }

    /** The same in paragraphs, one for each that an empty line ends. */
    static String paragraphs(String markdown) {
        return Arrays.stream(markdown.strip().split("\n\\s*\n", -1)).filter(part -> !part.isBlank())
                .map(part -> "<p>" + line(part) + "</p>\n").collect(Collectors.joining());
    }

    static String code(String text) {
        return "<code>" + text(text) + "</code>";
    }

    static String link(String fragment, String text) {
        return "<a href=\"#" + text(fragment) + "\">" + text(text) + "</a>";
    }

    /** A row whose cells are HTML. */
    static String row(String... cells) {
        return "<tr><td>" + String.join("</td><td>", cells) + "</td></tr>\n";
    }

    /** A table that is wider than a phone is scrolled by itself. */
    static String table(String rows) {
        return rows.isEmpty() ? "" : "<div class=\"wide\"><table>\n" + rows + "</table></div>\n";
    }

    static String example(String text) {
        return "<pre>" + text(text.strip()) + "</pre>\n";
    }
}
