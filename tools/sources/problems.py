"""Sentences about files that several readers say."""

from __future__ import annotations

from tools.errors import FileProblem


def damaged(name: str) -> FileProblem:
    """The file is cut short or corrupted."""
    return FileProblem(f"{name} is damaged or incomplete; download or export it again.", f"{name} 已损坏或不完整；请重新下载或导出。")


def no_rows(name: str) -> FileProblem:
    """There is a header and nothing below it."""
    return FileProblem(
        f"{name} has a header but no rows below it; export it again with its rows.",
        f"{name} 只有表头、没有数据行；请重新导出带数据的文件。",
    )


def no_table(name: str) -> FileProblem:
    """The text is no table."""
    return FileProblem(
        f"{name} does not look like a table: no delimiter (comma, tab, semicolon, |) splits its lines evenly; save it as CSV or XLSX.",
        f"{name} 看起来不是表格：没有一种分隔符（逗号、制表符、分号、|）能把各行分成相同的列数；请另存为 CSV 或 XLSX。",
    )


def long_line(name: str, megabytes: float) -> FileProblem:
    """One line is longer than any row of a table."""
    return FileProblem(
        f"{name} has a line longer than {megabytes:.0f} MB, so it is no table of rows; export it again with one row per line.",
        f"{name} 中有一行超过 {megabytes:.0f} MB，不是按行存放的表格；请重新导出，每行一条记录。",
    )


def locked(name: str) -> FileProblem:
    """The workbook wants a password."""
    return FileProblem(
        f"{name} is protected by a password; open it in Excel, remove the password (File > Info), save it and load it again.",
        f"{name} 有密码保护；请在 Excel 中打开，取消密码（文件 > 信息）并保存后重新载入。",
    )
