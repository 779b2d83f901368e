/* The picture of the diagram as SVG, PNG or PDF. */
const SHARPNESS = 2;
const LARGEST = 12000; /* pixels of a side that browsers still draw */

export function start(studio) {
  studio.picture = async (kind) => {
    const { svg } = await studio.modeler.saveSVG();
    const name = `${studio.diagram.replace(/\.bpmn$/, '')}.${kind}`;
    download(name, await MAKERS[kind](svg));
  };
}

const MAKERS = {
  svg: (svg) => new Blob([svg], { type: 'image/svg+xml' }),
  png: async (svg) => new Promise((resolve) => painted(svg).then(({ canvas }) => canvas.toBlob(resolve, 'image/png'))),
  pdf: toPdf,
};

async function painted(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const { width, height } = size(svg);
  const scale = Math.min(SHARPNESS, LARGEST / Math.max(width, height));
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return { canvas, width, height };
}

const parsed = (svg) => new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;

function size(svg) {
  const root = parsed(svg);
  return { width: Number.parseFloat(root.getAttribute('width')) || 1, height: Number.parseFloat(root.getAttribute('height')) || 1 };
}

/* Lines stay lines where the standard fonts of PDF have every letter; else, as in Chinese, the picture goes in as it looks here. */
async function toPdf(svg) {
  const { jsPDF } = await import('jspdf');
  const { width, height } = size(svg);
  const pdf = new jsPDF({ orientation: width > height ? 'landscape' : 'portrait', unit: 'px', hotfixes: ['px_scaling'], format: [width, height] });
  const isLatin = /^[\u0000-\u00ff]*$/.test(parsed(svg).textContent); // eslint-disable-line no-control-regex -- the whole of Latin-1
  if (isLatin) {
    const { svg2pdf } = await import('svg2pdf.js');
    await svg2pdf(parsed(svg), pdf, { x: 0, y: 0, width, height });
  } else {
    const { canvas } = await painted(svg);
    pdf.addImage(canvas.toDataURL('image/png'), 'PNG', 0, 0, width, height);
  }
  return pdf.output('blob');
}

function download(name, blob) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
