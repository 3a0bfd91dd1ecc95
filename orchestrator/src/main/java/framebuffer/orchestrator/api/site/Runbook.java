package framebuffer.orchestrator.api.site;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A runbook of the documentation. Its commands contain the address of this service, so that they can be copied. Markdown: headings, lists,
 * paragraphs and code.
 */
record Runbook(String markdown) {
    private static final String DOCUMENTED = "localhost:8002";
    /** The accepted form of a host; any other is not repeated. */
    private static final Pattern HOST = Pattern
            .compile("(?:[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");
    private static final Pattern ASKING = Pattern
            .compile("`(frame-buffer (?:processors|dead-letters|trace|route|top|ledger)[^`]*)`");
    private static final Pattern NUMBERED = Pattern.compile("\\d+\\. ");

    /**
     * The runbook with this address in its commands.
     *
     * @param host host and port from the caller; empty or malformed: the address of the documentation stays
     */
    Runbook at(String host) {
        return host.equals(DOCUMENTED) || !HOST.matcher(host).matches()
                ? this
                : new Runbook(ASKING.matcher(markdown.replace(DOCUMENTED, host)).replaceAll(found -> Matcher
                        .quoteReplacement("`" + found.group(1) + " --orchestrator-url http://" + host + "`")));
    }

    String title() {
        return markdown.lines().findFirst().orElse("").replaceFirst("^# ", "");
    }

    /** As an HTML page, which uses the files of the overview page. */
    String html() {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%1$s · frame-buffer</title>
                <link rel="icon" href="../page/icon.svg">
                <link rel="stylesheet" href="../page/page.css">
                </head>
                <body class="runbook">
                <main>
                %2$s</main>
                <footer><p><a href="../">frame-buffer</a></p></footer>
                </body>
                </html>
                """.formatted(text(title()), blocks());
    }

    private String blocks() {
        StringBuilder html = new StringBuilder();
        String list = "";
        for (String line : markdown.lines().map(String::strip).filter(line -> !line.isEmpty()).toList()) {
            String wanted = line.startsWith("- ") ? "ul" : NUMBERED.matcher(line).lookingAt() ? "ol" : "";
            if (!wanted.equals(list)) {
                html.append(list.isEmpty() ? "" : "</" + list + ">\n")
                        .append(wanted.isEmpty() ? "" : "<" + wanted + ">\n");
                list = wanted;
            }
            html.append(block(line, wanted));
        }
        return html.append(list.isEmpty() ? "" : "</" + list + ">\n").toString();
    }

    private static String block(String line, String list) {
        if (!list.isEmpty()) {
            return "<li>" + inline(line.substring(line.indexOf(' ') + 1)) + "</li>\n";
        }
        for (int level = 1; level <= 2; level++) {
            String mark = "#".repeat(level) + " ";
            if (line.startsWith(mark)) {
                return "<h" + level + ">" + inline(line.substring(mark.length())) + "</h" + level + ">\n";
            }
        }
        return "<p>" + inline(line) + "</p>\n";
    }

    private static String inline(String line) {
        List<String> parts = List.of(line.split("`", -1));
        StringBuilder html = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            html.append(i % 2 == 0 ? text(parts.get(i)) : "<code>" + text(parts.get(i)) + "</code>");
        }
        return html.toString();
    }

    private static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
