package framebuffer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void aSecretIsNotPrinted() {
        assertThat(new Secret("s3cret")).hasToString("****");
    }

    @Test
    void equalTextsAreEqualSecrets() {
        assertThat(new Secret("a")).isEqualTo(new Secret("a")).hasSameHashCodeAs(new Secret("a"))
                .isNotEqualTo(new Secret("b"));
        assertThat(Secret.textOf(new Secret("a"))).isEqualTo("a");
        assertThat(Secret.textOf(null)).isNull();
    }
}
