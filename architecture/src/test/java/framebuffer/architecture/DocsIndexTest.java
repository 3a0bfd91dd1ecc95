package framebuffer.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents: each is in an index, each link works, and CONTRIBUTING names only files that exist. */
class DocsIndexTest {
    private static final Path ROOT = Repository.root();
    private static final Path DOCS = ROOT.resolve("docs");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)(?:#[^)]*)?\\)");
    /** A reference to a document in a comment, and to a section of it if it has a number. */
    private static final Pattern REFERENCE = Pattern.compile("\\b(docs/[\\w/-]+\\.md)(?: (\\d+(?:\\.\\d+)?)\\b)?");
    /** A reference to a section that no document of ours has. */
    private static final Pattern ELSEWHERE = Pattern.compile("(?i)\\bcontract,? §? ?\\d");
    private static final Pattern ADR_HEAD = Pattern.compile(
            "# (\\d+)\\. ([^\\n]+)\\n\\nStatus: (accepted|superseded by [^,]+), (\\d{4}-\\d{2}-\\d{2})\\.[^\\n]*\\n");
    private static final Pattern TYPE = Pattern.compile("`([A-Z]\\w+?)(?:\\.java)?`|/(\\w+)\\.java`");

    @Test
    void theIndexListsEachDocumentOnce() {
        List<Path> listed = links(DOCS.resolve("README.md")).filter(file -> file.startsWith(DOCS)).toList();
        List<Path> documents = markdown(DOCS).filter(file -> !file.equals(DOCS.resolve("README.md")))
                .filter(file -> !isAdr(file)).toList();
        assertThat(listed).containsExactlyInAnyOrderElementsOf(documents);
    }

    @Test
    void theIndexOfDecisionsRepeatsTheHeadOfEach() {
        String index = read(DOCS.resolve("adr/README.md"));
        assertThat(markdown(DOCS.resolve("adr")).filter(DocsIndexTest::isAdr)).hasSizeGreaterThan(10)
                .allSatisfy(file -> {
                    List<MatchResult> heads = ADR_HEAD.matcher(read(file)).results().toList();
                    assertThat(heads).as("head of %s", file.getFileName()).hasSize(1);
                    MatchResult head = heads.getFirst();
                    assertThat(index).contains("| [" + head.group(1) + "](" + file.getFileName() + ") | "
                            + head.group(2) + " | " + head.group(3) + " | " + head.group(4) + " |");
                });
    }

    @Test
    void eachLinkLeadsToAFile() {
        List<Path> documents = Stream.concat(markdown(DOCS), Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
                .map(ROOT::resolve)).toList();
        assertThat(documents).hasSizeGreaterThan(40);
        assertThat(documents.stream().flatMap(document -> links(document).filter(file -> !Files.exists(file))
                .map(file -> ROOT.relativize(document) + " → " + ROOT.relativize(file)))).isEmpty();
    }

    @Test
    void eachReferenceInTheCodeLeadsToASection() {
        assertThat(code().toList()).hasSizeGreaterThan(500).allSatisfy(file -> {
            String text = read(file);
            assertThat(text).doesNotContainPattern(ELSEWHERE);
            assertThat(REFERENCE.matcher(text).results()).allSatisfy(found -> {
                assertThat(ROOT.resolve(found.group(1))).exists();
                if (found.group(2) != null) {
                    assertThat(read(ROOT.resolve(found.group(1)))).as("%s in %s", found.group(), file)
                            .containsPattern("\\n#+ " + Pattern.quote(found.group(2)) + "\\.? ");
                }
            });
        });
    }

    @Test
    void theReadmeLinksEachDocumentOnce() {
        assertThat(links(ROOT.resolve("README.md"))).doesNotHaveDuplicates();
    }

    @Test
    void contributingNamesTypesThatExist() {
        String sources = String.join("\n", Repository.sources().stream().map(Source::read).map(Source::text).toList());
        assertThat(TYPE.matcher(read(ROOT.resolve("CONTRIBUTING.md"))).results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1)).distinct())
                .hasSizeGreaterThan(20).allSatisfy(type -> assertThat(sources).containsPattern(
                        "(class|record|enum|interface) " + type + "\\b"));
    }

    private static boolean isAdr(Path file) {
        return file.getFileName().toString().matches("\\d{4}-.*\\.md");
    }

    private static Stream<Path> links(Path document) {
        return LINK.matcher(read(document)).results()
                .map(found -> document.resolveSibling(found.group(1)).normalize());
    }

    /** Sources, scripts and the description of the API, of all modules and clients. */
    private static Stream<Path> code() {
        return Stream.concat(Repository.modules().stream(), Stream.of(ROOT.resolve("clients/python")))
                .map(module -> module.resolve("src")).filter(Files::isDirectory)
                .flatMap(folder -> files(folder, ".*\\.(java|lua|py|yaml)"));
    }

    private static Stream<Path> markdown(Path folder) {
        return files(folder, ".*\\.md");
    }

    private static Stream<Path> files(Path folder, String name) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().matches(name)).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
