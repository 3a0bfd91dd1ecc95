package framebuffer.vision.onnx;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The names of a model's classes, in the order of the model. */
record Labels(List<String> names) {
    Labels {
        names = List.copyOf(names);
    }

    /**
     * Reads a text file with one name per line; blank lines at the end do not count.
     *
     * @throws IllegalArgumentException when it cannot be read, is empty, or has a blank line; the message is one line
     */
    static Labels read(Path file) {
        List<String> lines = new ArrayList<>(lines(file).stream().map(String::strip).toList());
        while (!lines.isEmpty() && lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("labels " + file + " has no line: write one label per line");
        }
        int blank = lines.indexOf("");
        if (blank >= 0) {
            throw new IllegalArgumentException(
                    "labels " + file + ":" + (blank + 1) + " is blank: write one label per line");
        }
        return new Labels(lines);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no file of labels " + file, e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("labels " + file + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read labels " + file + ": " + e.getMessage(), e);
        }
    }

    int count() {
        return names.size();
    }

    /** The name of a class. A model without a fixed number of classes may find one that has no name. */
    String name(int label) {
        return label >= 0 && label < names.size() ? names.get(label) : "class_" + label;
    }
}
