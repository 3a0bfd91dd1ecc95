package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/configuration.md lists exactly the options that {@code frame-buffer config} shows. */
class ConfigurationDocTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DOC = Path.of("../docs/configuration.md");
    private static final String BEGINNING = "## Keys\n\n";
    private static final Map<String, String> TITLES = Map.of("serve", "The service: `serve` and `demo`", "detector",
            "A detector: `detector`", "camera", "A camera: `camera`", "demo", "The demo: `demo`");

    @Test
    void everyKeyIsThereWithItsDefaultItsBoundsAndItsMeaning() throws IOException {
        String doc = Files.readString(DOC);
        String keys = keys();
        Path fresh = Files.writeString(Path.of("target/configuration.md"),
                doc.substring(0, doc.indexOf(BEGINNING) + BEGINNING.length()) + keys);
        assertThat(doc).as("docs/configuration.md is stale; the expected text is in app/%s", fresh).endsWith(
                BEGINNING + keys);
    }

    private static String keys() throws IOException {
        StringBuilder text = new StringBuilder();
        Set<String> told = new HashSet<>();
        for (String command : List.of("serve", "detector", "camera", "demo")) {
            text.append(told.isEmpty() ? "" : "\n").append("### ").append(TITLES.get(command))
                    .append("\n\n| Key | Environment | Default | Allowed | Meaning |\n| --- | --- | --- | --- | --- |\n");
            for (JsonNode key : JSON.readTree(CommandOutput.by("config", command, "--json").isFine().out())) {
                if (told.add(row(key))) {
                    text.append(row(key));
                }
            }
        }
        return text.toString();
    }

    private static String row(JsonNode key) {
        String otherwise = key.path("default").asText();
        return "| `" + key.path("key").asText() + "` | `" + key.path("environment").asText() + "` | "
                + (otherwise.isEmpty() ? "" : "`" + otherwise + "` ") + "| " + key.path("bounds").asText() + " | "
                + key.path("meaning").asText().replace("|", "\\|") + " |\n";
    }
}
