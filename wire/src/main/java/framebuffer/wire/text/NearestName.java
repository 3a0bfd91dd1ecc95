package framebuffer.wire.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests the name that a user probably meant. */
public final class NearestName {
    private NearestName() {
    }

    /** The known word with the smallest edit distance, if that is at most two letters or a third of the word. */
    public static Optional<String> to(String typed, Collection<String> known) {
        return known.stream().filter(word -> distance(typed, word) <= Math.max(2, word.length() / 3))
                .min(Comparator.comparingInt(word -> distance(typed, word)));
    }

    /** Levenshtein distance, by the Wagner–Fischer algorithm, row by row. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
