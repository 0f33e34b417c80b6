#!/usr/bin/env python3
"""Where in the YAML does a value stand?

OPA reads YAML without telling the line, and lets the second of two equal keys win in silence. This reads the same files, reports two
equal keys, and prints for every value the line it stands on, so that a register error can name file and line.

    lines.py FILE... > lines.json        {"purposes.yaml": {"values": ..., "lines": {"purposes/melding-doen/grants/0": 193, ...}}, ...}

It knows the part of YAML that the register uses (block maps and lists, one-line or bracketed values, quotes, comments) and refuses the
rest; the build compares what it read with what OPA read. Exit code 1: an error, printed as file:line: message.
"""
import json
import re
import sys

KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s"'#\[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)""")
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?$")


class YamlError(Exception):
    def __init__(self, line, message):
        super().__init__(message)
        self.line = line


def scalar(text, line):
    if text[:1] in "\"'":
        if len(text) < 2 or text[-1] != text[0]:
            raise YamlError(line, f"unfinished quote: {text}")
        return json.loads(text) if text[0] == '"' else text[1:-1].replace("''", "'")
    if text[:1] in ("|", ">", "&", "*", "!", "%", "@", "`"):
        raise YamlError(line, f"write this as a plain or quoted text on one line: {text}")
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return text


class Reader:
    def __init__(self, text):
        self.rows = text.split("\n")
        self.at = 0
        self.lines = {}
        self.problems = []

    def read(self):
        value = self.block(0, ()) if self.peek() is not None else None
        if self.peek() is not None:
            raise YamlError(self.at + 1, "indentation does not fit what stands above")
        return value

    def peek(self):
        """Indentation of the next row with content, or None at the end."""
        while self.at < len(self.rows):
            row = self.rows[self.at]
            if row.strip() and not row.lstrip().startswith("#"):
                if "\t" in row[: len(row) - len(row.lstrip())]:
                    raise YamlError(self.at + 1, "indent with spaces, not tabs")
                return len(row) - len(row.lstrip())
            self.at += 1
        return None

    def block(self, indent, path):
        text = self.rows[self.at].lstrip()
        self.lines.setdefault("/".join(path), self.at + 1)
        if text == "-" or text.startswith("- "):
            return self.block_list(indent, path)
        if KEY.match(text):
            return self.block_map(indent, path)
        row, self.rows[self.at] = self.rows[self.at], ""
        return self.inline(row.lstrip(), path)

    def block_list(self, indent, path):
        items = []
        while self.peek() == indent and re.match(r"-(\s|$)", self.rows[self.at].lstrip()):
            row, here = self.rows[self.at], path + (str(len(items)),)
            self.lines["/".join(here)] = self.at + 1
            self.rows[self.at] = " " * (indent + 1) + row[indent + 1:]
            inner = self.peek()
            if inner is None or inner <= indent:
                raise YamlError(self.at + 1, "empty list item")
            items.append(self.block(inner, here))
        return items

    def block_map(self, indent, path):
        result = {}
        while self.peek() == indent:
            text = self.rows[self.at].lstrip()
            match = KEY.match(text)
            if not match:
                raise YamlError(self.at + 1, f"expected 'name: value', found: {text.strip()}")
            key = str(scalar(match.group(1), self.at + 1))
            here = path + (key,)
            self.note(result, key, here, self.at + 1)
            rest = text[match.end():].lstrip()
            if rest and not rest.startswith("#"):
                self.rows[self.at] = ""
                result[key] = self.inline(rest, here)
                continue
            self.at += 1
            inner = self.peek()
            nested = inner is not None and (inner > indent or (inner == indent and re.match(r"-(\s|$)", self.rows[self.at].lstrip())))
            result[key] = self.block(inner, here) if nested else None
        return result

    def note(self, result, key, here, line):
        if key in result:
            self.problems.append((line, f"'{key}' is defined twice; the first is on line {self.lines['/'.join(here)]}"))
        self.lines["/".join(here)] = line

    def inline(self, text, path):
        """A value on this row; a bracketed one may go on over the next rows."""
        self.text, self.pos = text, 0
        if text[0] in "[{":
            value = self.flow(path)
            self.skip()
            if self.pos < len(self.text):
                raise YamlError(self.at + 1, f"unexpected text after the closing bracket: {self.text[self.pos:]}")
        elif text[0] in "\"'":
            value = self.quoted()
            self.skip()
            if self.pos < len(self.text):
                raise YamlError(self.at + 1, f"unexpected text after the closing quote: {self.text[self.pos:]}")
        else:
            plain = re.split(r"\s#", text, maxsplit=1)[0].strip()
            if re.search(r":(\s|$)", plain):
                raise YamlError(self.at + 1, f"a text with a colon needs quotes: {plain}")
            value = scalar(plain, self.at + 1)
        self.at += 1
        return value

    def skip(self):
        while True:
            rest = self.text[self.pos:]
            stripped = rest.lstrip()
            self.pos += len(rest) - len(stripped)
            if stripped.startswith("#"):
                self.pos = len(self.text)
            if self.pos < len(self.text):
                return
            if not self.depth or self.at + 1 >= len(self.rows):
                return
            self.at += 1
            self.text, self.pos = self.rows[self.at], 0
            self.rows[self.at] = ""

    depth = 0

    def flow(self, path):
        self.skip()
        if self.pos >= len(self.text):
            raise YamlError(self.at + 1, "a bracket is not closed")
        self.lines.setdefault("/".join(path), self.at + 1)
        opener = self.text[self.pos]
        if opener in "\"'":
            return self.quoted()
        if opener not in "[{":
            match = re.match(r"(?:[^,\[\]{}:#]|:(?!\s|$)|(?<!\s)#)+", self.text[self.pos:])
            if not match:
                raise YamlError(self.at + 1, f"cannot read: {self.text[self.pos:]}")
            self.pos += match.end()
            return scalar(match.group(0).strip(), self.at + 1)
        closer = {"[": "]", "{": "}"}[opener]
        self.pos += 1
        self.depth += 1
        result = [] if opener == "[" else {}
        while True:
            self.skip()
            if self.text[self.pos:self.pos + 1] == closer:
                break
            if opener == "[":
                result.append(self.flow(path + (str(len(result)),)))
            else:
                line = self.at + 1
                key = str(self.flow(path + ("",)))
                here = path + (key,)
                self.note(result, key, here, line)
                self.skip()
                if self.text[self.pos:self.pos + 1] != ":":
                    raise YamlError(self.at + 1, f"expected ':' after '{key}'")
                self.pos += 1
                result[key] = self.flow(here)
            self.skip()
            if self.text[self.pos:self.pos + 1] == ",":
                self.pos += 1
            elif self.text[self.pos:self.pos + 1] != closer:
                raise YamlError(self.at + 1, f"expected ',' or '{closer}'")
        self.pos += 1
        self.depth -= 1
        return result

    def quoted(self):
        match = re.match(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'', self.text[self.pos:])
        if not match:
            raise YamlError(self.at + 1, "unfinished quote")
        self.pos += match.end()
        return scalar(match.group(0), self.at + 1)


def main(files):
    result, failed = {}, False
    for file in files:
        with open(file, encoding="utf-8") as stream:
            reader = Reader(stream.read())
        try:
            values = reader.read()
        except YamlError as error:
            reader.problems.append((error.line, str(error)))
            values = None
        for line, message in sorted(reader.problems):
            print(f"{file}:{line}: {message}", file=sys.stderr)
            failed = True
        result[file.rsplit("/", 1)[-1]] = {"values": values, "lines": reader.lines}
    json.dump(result, sys.stdout, sort_keys=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
