package framebuffer.orchestrator.api.site;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Builds HTML. Text from the document is escaped. */
final class Html {
    private Html() {
    }

    static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    /** Text with code between backticks, without a paragraph. */
    static String line(String markdown) {
        String[] parts = markdown.strip().split("`", -1);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            line.append(i % 2 == 0 ? text(parts[i]) : code(parts[i]));
        }
        return line.toString();
    }

    /** Text as paragraphs, separated by empty lines. */
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

    /** A table that scrolls when it is wider than the screen. */
    static String table(String rows) {
        return rows.isEmpty() ? "" : "<div class=\"wide\"><table>\n" + rows + "</table></div>\n";
    }

    static String example(String text) {
        return "<pre>" + text(text.strip()) + "</pre>\n";
    }
}
