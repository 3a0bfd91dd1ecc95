package framebuffer.orchestrator.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.api.http.Caller;
import framebuffer.orchestrator.api.http.Caller.CallerRole;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTokensTest {
    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.writeString(folder.resolve("tokens"), String.join("\n", lines));
    }

    private static Optional<Caller> caller(ApiTokens tokens, String secret) {
        return tokens.caller(List.of("Bearer " + secret));
    }

    @Test
    void withoutTokensAnybodyIsAnAdministrator() {
        assertThat(ApiTokens.NONE.caller(List.of())).hasValue(Caller.ANYBODY);
    }

    @Test
    void eachTokenOfTheFileNamesItsCaller() throws IOException {
        ApiTokens tokens = ApiTokens.of("boss", file("# comment", "", ApiTokens.line("grafana", "read", "g1"),
                ApiTokens.line("face", "processor:face-1", "f1"), "  " + ApiTokens.line("ops", "admin", "o1") + " "));
        assertThat(caller(tokens, "boss")).hasValue(new Caller("api-token", CallerRole.ADMIN, null));
        assertThat(caller(tokens, "g1")).hasValue(new Caller("grafana", CallerRole.READ, null));
        assertThat(caller(tokens, "f1")).hasValue(new Caller("face", CallerRole.PROCESSOR, "face-1"));
        assertThat(caller(tokens, "o1")).hasValue(new Caller("ops", CallerRole.ADMIN, null));
        assertThat(caller(tokens, "g2")).isEmpty();
        assertThat(tokens.caller(List.of())).isEmpty();
        assertThat(tokens.caller(List.of("Bearer g1", "Bearer boss"))).as("which one is it?").isEmpty();
    }

    @Test
    void theFileIsReadAgainWhenItChanges() throws IOException {
        ApiTokens tokens = ApiTokens.of(null, file(ApiTokens.line("old", "read", "s1")));
        file(ApiTokens.line("new", "read", "s2"));
        Await.until("the new token is valid", () -> caller(tokens, "s2").isPresent());
        assertThat(caller(tokens, "s1")).isEmpty();
        file("nonsense");
        Await.until("the wrong file was read", () -> caller(tokens, "s2").isPresent());
        Files.delete(folder.resolve("tokens"));
        assertThat(caller(tokens, "s2")).as("the last good file counts").isPresent();
        file(ApiTokens.line("back", "read", "s3"));
        Await.until("the file is right again", () -> caller(tokens, "s3").isPresent());
    }

    @Test
    void emptyingAFileThatWasWrongRevokesAllTokens() throws IOException {
        ApiTokens tokens = ApiTokens.of(null, file(ApiTokens.line("old", "read", "s1")));
        file("nonsense");
        for (int look = 0; look < 3; look++) {
            tokens.look();
        }
        assertThat(caller(tokens, "s1")).as("the last good file counts").isPresent();
        file("");
        tokens.look();
        assertThat(caller(tokens, "s1")).as("the file may still be written").isPresent();
        tokens.look();
        assertThat(caller(tokens, "s1")).isEmpty();
    }

    @Test
    void spacesAroundASecretDoNotCount() {
        assertThat(caller(ApiTokens.of("s3cret\n"), "s3cret")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grafana", "grafana read", "grafana read s3cret", "grafana boss sha256:00",
            "grafana processor: sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "a b read sha256:0000000000000000000000000000000000000000000000000000000000000000"})
    void aWrongLineIsNamedWithoutItsSecret(String line) throws IOException {
        Path tokens = file("# comment", line);
        assertThatThrownBy(() -> ApiTokens.of(null, tokens)).isInstanceOf(ApiTokens.InvalidTokens.class)
                .hasMessageContaining(", line 2 is not NAME ROLE sha256:HASH").hasMessageNotContaining("s3cret");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> ApiTokens.of(null, folder.resolve("none")))
                .isInstanceOf(ApiTokens.InvalidTokens.class).hasMessageContaining("none");
    }

    @Test
    void aFileWithoutTokensAdmitsNobody() throws IOException {
        assertThat(ApiTokens.of(null, file("")).caller(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words"})
    void aNameHasNoSpaces(String name) {
        assertThatThrownBy(() -> ApiTokens.line(name, "read", "s")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noSecretIsShown() throws IOException {
        assertThat(ApiTokens.of("s3cret", file(ApiTokens.line("a", "read", "s3cret")))).asString()
                .doesNotContain("s3cret");
        assertThat(ApiTokens.random()).hasSizeGreaterThan(40).isNotEqualTo(ApiTokens.random());
        assertThatThrownBy(() -> ApiTokens.of(" ")).isInstanceOf(IllegalArgumentException.class);
    }
}
