import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../support/temporary-directory.ts';

const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: repository })];

function textOf(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** Links of a page to files and headings of this repository; what stands in code is none. */
function linksOf(page: string): string[] {
  const prose = textOf(page).replace(/```[\s\S]*?```/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link as string)
    .filter(link => !/^[a-z]+:/.test(link));
}

/** Anchors of a page's headings, as they are made where the pages are read. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

it('there are pages, and links in them', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(100);
});

it.each(pages)('%s links to what there is', page => {
  const broken = linksOf(page).filter(link => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(repository, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
  });

  expect(broken).toEqual([]);
});

it.each(globSync('*.md', { cwd: join(repository, 'docs/systems') }))(
  'docs/systems/%s is listed in the README',
  page => {
    expect(linksOf('README.md')).toContain(`docs/systems/${page}`);
  },
);
