package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** NOTICE lists the licences of exactly the libraries in the bill of materials, which the build makes. */
class NoticeTest {
    private static final Path NOTICE = Path.of("../NOTICE");
    private static final Path BILL = Path.of("target/bom.json");
    private static final String BEGINNING = "Libraries\n---------\n\n";

    /** Maven makes no bill of materials when it is offline. */
    private static boolean isFresh() throws IOException {
        if (!Files.exists(BILL)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(BILL);
        return made.compareTo(Files.getLastModifiedTime(Path.of("../pom.xml"))) > 0
                && made.compareTo(Files.getLastModifiedTime(Path.of("pom.xml"))) > 0;
    }

    @Test
    void itListsEachLibraryWithItsLicences() throws IOException {
        assumeTrue(isFresh() || System.getenv("CI") != null, "the bill of materials is made by an online build");
        TreeSet<String> lines = new TreeSet<>();
        for (JsonNode library : new ObjectMapper().readTree(BILL.toFile()).path("components")) {
            String group = library.path("group").asText();
            if (!group.equals("framebuffer")) {
                String licences = licences(library);
                assertThat(licences).as("the licence of %s", library.path("name").asText()).isNotEmpty();
                lines.add(group + ":" + library.path("name").asText() + " - " + licences + "\n");
            }
        }
        assertThat(lines).hasSizeGreaterThan(20);
        String notice = Files.readString(NOTICE);
        String fresh = String.join("", lines);
        Path expected = Files.writeString(Path.of("target/NOTICE"),
                notice.substring(0, notice.indexOf(BEGINNING) + BEGINNING.length()) + fresh);
        assertThat(notice).as("NOTICE is stale; the expected text is in app/%s", expected).endsWith(BEGINNING + fresh);
    }

    private static String licences(JsonNode library) {
        return StreamSupport.stream(library.path("licenses").spliterator(), false)
                .map(one -> one.path("license").path("id").asText(one.path("license").path("name")
                        .asText(one.path("expression").asText())))
                .sorted().collect(Collectors.joining(" or "));
    }
}
